"""Reading a mail as the person at the desk would: pure, explained, fast."""
