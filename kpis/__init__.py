"""What was achieved, counted by definition."""
