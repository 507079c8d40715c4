"""The screens of the governance room."""
