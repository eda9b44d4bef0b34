"""A host's pages of one meeting."""

from meetings.views.hosting.cover import cover_page
from meetings.views.hosting.dates import add_dates
from meetings.views.hosting.host_page import host_page, registrations_csv
from meetings.views.hosting.invitations import (
    invitations_page,
    send_invitation_again,
    withdraw_invitation,
)
from meetings.views.hosting.registration_questions import (
    add_registration_question,
    copy_registration_questions,
    edit_registration_question,
    move_registration_question,
    registration_questions,
    remove_registration_question,
)
from meetings.views.hosting.registrations import approve_registration, refuse_registration, remove_unconfirmed
from meetings.views.hosting.replies import calendar_replies, decline_proposal
from meetings.views.hosting.stage import appoint_registered, dismiss, set_waiting_room
from meetings.views.hosting.steps import (
    cancel_meeting,
    end_meeting,
    extend_meeting,
    publish_meeting,
    start_meeting,
)
from meetings.views.meeting_form import edit_meeting, new_meeting

__all__ = [
    "add_dates",
    "add_registration_question",
    "appoint_registered",
    "approve_registration",
    "calendar_replies",
    "cancel_meeting",
    "copy_registration_questions",
    "cover_page",
    "decline_proposal",
    "dismiss",
    "edit_meeting",
    "edit_registration_question",
    "end_meeting",
    "extend_meeting",
    "host_page",
    "invitations_page",
    "move_registration_question",
    "new_meeting",
    "publish_meeting",
    "refuse_registration",
    "registration_questions",
    "registrations_csv",
    "remove_registration_question",
    "remove_unconfirmed",
    "send_invitation_again",
    "set_waiting_room",
    "start_meeting",
    "withdraw_invitation",
]
