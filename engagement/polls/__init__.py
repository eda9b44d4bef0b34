"""Polls: prepared or made on the spot, voted in once, counted live, shared by the host."""
