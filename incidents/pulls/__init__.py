"""Fetching evidence from connected systems: one module per system, each gives the bytes that its source reads."""
