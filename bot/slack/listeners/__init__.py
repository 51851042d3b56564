"""Listeners: each module has `register(app, house)`, which hooks it into the Bolt app."""
