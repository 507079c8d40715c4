"""The screens of the reviews room."""
