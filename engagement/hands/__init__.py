"""Raised hands: who asks for the floor."""
