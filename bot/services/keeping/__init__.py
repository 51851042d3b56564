"""What is kept, for how long, and what is handed out or deleted when somebody asks."""
