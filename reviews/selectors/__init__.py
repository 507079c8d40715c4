"""Reading reviews."""
