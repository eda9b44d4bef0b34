"""The operations of the API on what attendance holds."""
