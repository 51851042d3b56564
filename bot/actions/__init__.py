"""Performing one planned action; repeating any of it does no harm."""
