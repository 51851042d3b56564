"""Figures: what is counted, how, and how it is shown in tables and charts; pure."""
