"""A project's decisions and actions in its room: a panel of its page, which everybody loads again after a change."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from projects.room_messages import BUS_KIND, ProjectChanged
from rooms.features import Feature
from rooms.room_session import RoomSession


def receive_change(room: RoomSession, _header: Mapping[str, Any], _payload: bytes) -> None:
    room.broadcast(ProjectChanged())


def words() -> dict[str, str]:
    return {
        "project": pgettext("to do", "Actions"),
        "project.note": _("Make it an action or a decision"),
        "project.loading": _("Loading…"),
        "project.not_loaded": _("The actions could not be loaded."),
        "project.not_saved": _("This was not saved. What you typed is still here. Try again."),
        "project.try_again": _("Try again"),
    }


PROJECT = Feature(
    name="project",
    documentation="Decisions and actions of a project, in its room. They are written over HTTP.",
    ephemeral=(ProjectChanged,),
    bus_handlers={BUS_KIND: receive_change},
    words=words,
)
