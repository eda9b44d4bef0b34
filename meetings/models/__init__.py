"""What is scheduled and registered for."""

from meetings.models.calendar_reply import CalendarReply
from meetings.models.confirmation_request import ConfirmationRequest
from meetings.models.invitation import Invitation
from meetings.models.meeting import Meeting, MeetingRole
from meetings.models.programme import Programme
from meetings.models.registration import Registration
from meetings.models.registration_question import RegistrationQuestion
from meetings.models.series import Series

__all__ = [
    "CalendarReply",
    "ConfirmationRequest",
    "Invitation",
    "Meeting",
    "MeetingRole",
    "Programme",
    "Registration",
    "RegistrationQuestion",
    "Series",
]
