"""Where people are live."""

from rooms.models.room import Participant, Presence, Room, RoomEvent, UsedTicket

__all__ = ["Participant", "Presence", "Room", "RoomEvent", "UsedTicket"]
