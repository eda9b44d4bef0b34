"""The application without periodic reauthorization: a connection that closes has received a signal."""

from webinar_service.asgi import application

# isort: split
from rooms import room_sessions  # only once the applications are loaded

room_sessions.REAUTHORIZE_EVERY = 3600.0

__all__ = ["application"]
