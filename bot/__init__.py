"""Samma dag: the assistant for the function mailboxes of a finance service centre."""
