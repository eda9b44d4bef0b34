"""Reactions: counted, broadcast once a second, not stored."""
