"""Comparisons with peers in one run; `make bench NAME=live`, `NAME=mail`."""
