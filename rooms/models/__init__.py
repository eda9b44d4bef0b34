"""Rooms, their participants, presences and events."""

from rooms.models.room import Participant, Presence, Room, RoomEvent, UsedTicket

__all__ = ["Participant", "Presence", "Room", "RoomEvent", "UsedTicket"]
