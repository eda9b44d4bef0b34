"""The operations of the API on what several apps hold together."""
