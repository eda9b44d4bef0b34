"""What is scheduled and registered for."""

from meetings.models.meeting import Meeting, MeetingRole, Series
from meetings.models.programme import Programme
from meetings.models.registration import Registration

__all__ = ["Meeting", "MeetingRole", "Programme", "Registration", "Series"]
