"""Editing knowledge and templates: looked at, tried, approved, kept as versions, undone."""
