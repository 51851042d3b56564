"""What the centre knows and may change without a programmer: typed, checked, by key."""
