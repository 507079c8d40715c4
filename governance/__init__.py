"""People, rights, the audit trail and everything that leaves the building."""
