"""A host's pages of one meeting."""

from meetings.views.hosting.cover import cover_page
from meetings.views.hosting.host_page import host_page, registrations_csv
from meetings.views.hosting.registrations import approve_registration, refuse_registration, remove_unconfirmed
from meetings.views.hosting.steps import (
    cancel_meeting,
    end_meeting,
    extend_meeting,
    publish_meeting,
    start_meeting,
)
from meetings.views.meeting_form import edit_meeting, new_meeting

__all__ = [
    "approve_registration",
    "cancel_meeting",
    "cover_page",
    "edit_meeting",
    "end_meeting",
    "extend_meeting",
    "host_page",
    "new_meeting",
    "publish_meeting",
    "refuse_registration",
    "registrations_csv",
    "remove_unconfirmed",
    "start_meeting",
]
