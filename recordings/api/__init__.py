"""The operations of the API on what recordings holds."""
