"""The screens of the remediation room."""
