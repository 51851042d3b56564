"""What people and timers ask for; one transaction each."""
