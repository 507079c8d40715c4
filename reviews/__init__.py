"""A chronology becomes a judged, signed and published text."""
