"""Raised hands."""
