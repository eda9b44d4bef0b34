"""Emails that come in: read within limits and recognised. Nothing here knows a meeting or a person."""
