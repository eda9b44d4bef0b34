"""Events of a project in its room."""

from functools import partial
from typing import Literal

from django.db import transaction

from projects.models import ProjectRoom
from rooms import bus
from rooms.features import registry
from rooms.messages import Event

BUS_KIND = "project"


class ProjectChanged(Event):
    """Decisions or actions of the project have changed. It says no more: people from outside may be in the room.

    Members load the panel again: `GET /project-rooms/{id}/panel/`.
    """

    ev: Literal["project.changed"] = "project.changed"


def tell_room(project: ProjectRoom) -> None:
    """After the commit; if it is lost, the panel shows the change when it is next loaded."""
    frame = registry.frame_of(ProjectChanged())
    transaction.on_commit(partial(bus.publish, project.pk, {"k": BUS_KIND}, frame), robust=True)
