"""What operators do beside the running program: examine it, back it up, restore it, move it."""
