"""Breakout rooms: the people of a meeting in groups, each with a room of its own."""
