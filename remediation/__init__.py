"""Promises become action items and are followed until they are verified."""
