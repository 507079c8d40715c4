"""Signals become one chronology."""
