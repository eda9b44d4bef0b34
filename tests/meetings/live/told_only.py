"""The application, with rooms that do not look again by themselves: a socket that closes was told of something."""

from webinar_service.asgi import application

# isort: split
from meetings.live import rooms  # only once the applications are loaded

rooms.LOOKED_AGAIN_EVERY = 3600.0

__all__ = ["application"]
