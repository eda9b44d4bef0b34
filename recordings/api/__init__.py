"""API operations on recordings."""
