"""The schema's history. Migrations import nothing from the assistant."""
