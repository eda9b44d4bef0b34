"""The engine of live rooms."""
