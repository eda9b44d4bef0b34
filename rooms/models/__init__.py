"""Rooms, their participants, presences and events."""

from rooms.models.link_report import LinkReport
from rooms.models.room import Participant, Presence, Room, RoomEvent, UsedTicket

__all__ = ["LinkReport", "Participant", "Presence", "Room", "RoomEvent", "UsedTicket"]
