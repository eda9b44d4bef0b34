"""What is announced, held, registered for, attended and recorded."""

from meetings.models.meeting import Meeting, MeetingRole, Series
from meetings.models.programme import Programme
from meetings.models.project_room import ProjectRoom
from meetings.models.recording import Chapter, Recording, RecordingFile, Upload
from meetings.models.registration import Registration
from meetings.models.room import Participant, Presence, Room, RoomEvent, UsedTicket

__all__ = [
    "Chapter",
    "Meeting",
    "MeetingRole",
    "Participant",
    "Presence",
    "Programme",
    "ProjectRoom",
    "Recording",
    "RecordingFile",
    "Registration",
    "Room",
    "RoomEvent",
    "Series",
    "Upload",
    "UsedTicket",
]
