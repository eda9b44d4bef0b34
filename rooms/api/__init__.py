"""The operations of the API on what rooms holds."""
