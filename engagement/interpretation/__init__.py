"""Interpretation: a channel for each language, its interpreters, and who of them is on air."""
