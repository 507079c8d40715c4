"""How Afterword is put together and run: settings, processes, addresses."""
