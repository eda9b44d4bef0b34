"""A speaker's timer."""
