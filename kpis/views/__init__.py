"""The screens of the kpis room."""
