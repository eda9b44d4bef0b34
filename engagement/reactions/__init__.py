"""Reactions: passing signs, summed and kept nowhere."""
