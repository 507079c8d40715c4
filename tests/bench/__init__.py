"""Measurements against the least that the same work can cost; ``python -m tests.bench`` prints them as ratios.

Absolute times drift on shared machines, so each measurement times both sides in one run, by turns, and compares the
best of each.
"""
