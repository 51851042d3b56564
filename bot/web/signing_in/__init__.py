"""The ways to sign in; each ends in a new session."""
