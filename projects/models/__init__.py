"""What companies work on together."""

from projects.models.project_room import ProjectRoom

__all__ = ["ProjectRoom"]
