"""The application, with rooms that do not look again by themselves: a socket that closes was told of something."""

from webinar_service.asgi import application

# isort: split
from rooms import room_sessions  # only once the applications are loaded

room_sessions.REAUTHORIZE_EVERY = 3600.0

__all__ = ["application"]
