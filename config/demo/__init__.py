"""The demo: public incidents as raw source files, the people around them, and synthetic history for the KPIs.

Data stands beside the code (``organization.toml`` and one directory for each incident); ``manifest`` reads it into
frozen dataclasses, ``history`` makes up past incidents that are marked as synthetic. Nothing here touches a database.
"""
