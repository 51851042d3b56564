"""The face of the browser: pages, who gets in, and what guards them."""
