"""The permission matrix: what each URL and command answers to each role. The columns are world.ROLES.

200 opens · 302 redirects (or to the sign-in) · 403 visible but not allowed · 404 not visible · 405 POST only.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from meetings.access import Level
from rooms.messages import RoomInfo
from rooms.room_state import RoomState
from tests.world import ROLES, World


@dataclass(frozen=True)
class Row:
    method: str
    name: str
    answers: tuple[int, ...]
    of: str = ""  # which object of the world it is about
    sends: dict[str, Any] = field(default_factory=dict)

    def arguments(self, here: World) -> dict[str, Any]:
        return ARGUMENTS[self.of](here) if self.of else {}


ARGUMENTS: dict[str, Callable[[World], dict[str, Any]]] = {
    "public": lambda here: {"meeting_id": here.public.pk},
    "members_only": lambda here: {"meeting_id": here.members_only.pk},
    "invited": lambda here: {"meeting_id": here.invited.pk},
    "draft": lambda here: {"meeting_id": here.draft.pk},
    "project_meeting": lambda here: {"meeting_id": here.project_meeting.pk},
    "public_room": lambda here: {"room_id": here.public.room_id},
    "project_room": lambda here: {"room_id": here.project_room.pk},
    "in_series": lambda here: {"meeting_id": here.in_series.pk},
    "kind_of_question": lambda here: {"meeting_id": here.public.pk, "kind": "text"},
    "question": lambda here: {"meeting_id": here.public.pk, "key": "food"},
    "live_question": lambda here: {"meeting_id": here.public.pk, "question_id": here.live_question.pk},
    "guest_registration": lambda here: {"registration_id": here.guest_registration.pk},
    "member_registration": lambda here: {"registration_id": here.member_registration.pk},
    "invitation": lambda here: {"invitation_id": here.invitation.pk},
    "recording": lambda here: {"recording_id": here.recording.pk},
    "company": lambda here: {"slug": here.company.slug},
    "colleague": lambda here: {"slug": here.company.slug, "person_id": here.people["colleague"].pk},
    "stage_role": lambda here: {
        "meeting_id": here.public.pk,
        "role_id": here.public.roles.get(person=here.people["speaker"]).pk,
    },
    "person": lambda here: {"person_id": here.people["colleague"].pk},
    "topic": lambda here: {"slug": here.topic.slug},
    "programme": lambda here: {"slug": here.programme.slug},
    "article": lambda here: {"slug": here.article.slug},
    "series": lambda here: {"series_id": here.in_series.series_id},
    "captions": lambda here: {"recording_id": here.recording.pk, "language": "en"},
    "year": lambda here: {"year": here.article.published_at.year if here.article.published_at else 0},
    "poll": lambda here: {"meeting_id": here.public.pk, "poll_id": here.poll.pk},
    "closed_poll": lambda here: {"meeting_id": here.public.pk, "poll_id": here.closed_poll.pk},
    "no_token": lambda _here: {"token": "made-up"},
    "no_secret": lambda _here: {"secret": "made-up"},
    "no_mail": lambda _here: {"name": "none.eml"},
    "no_file": lambda _here: {"file_name": "none.png"},
    "no_upload": lambda _here: {"upload_id": "none"},
}


def everybody(answer: int) -> tuple[int, ...]:
    return (answer,) * len(ROLES)


# fmt: off
PAGES: tuple[Row, ...] = (
    Row("POST", "accept_invitation", (404, 404, 302, 404, 404, 404, 404, 404), "invitation"),
    Row("POST", "accept_offer", (404, 302, 404, 404, 404, 404, 403, 403), "guest_registration"),
    Row("POST", "accept_offer", (404, 404, 404, 404, 302, 404, 403, 403), "member_registration"),
    Row("GET", "accessibility", everybody(200)),
    Row("GET", "add_person", (405, 405, 405, 405, 405, 405, 405, 405), "company"),
    Row("POST", "add_person", (302, 302, 403, 403, 403, 403, 422, 422), "company"),
    Row("GET", "approve_registration", (302, 302, 404, 404, 404, 404, 200, 200), "guest_registration"),
    Row("POST", "approve_registration", (302, 302, 404, 404, 404, 404, 302, 302), "guest_registration"),
    Row("GET", "approve_registration", (302, 302, 404, 404, 403, 404, 200, 200), "member_registration"),
    Row("POST", "approve_registration", (302, 302, 404, 404, 403, 404, 302, 302), "member_registration"),
    Row("GET", "attendance", (302, 302, 403, 403, 403, 403, 200, 200), "public"),
    Row("GET", "attendance", (302, 302, 404, 404, 404, 403, 200, 200), "invited"),
    Row("GET", "attendance_csv", (302, 302, 403, 403, 403, 403, 200, 200), "public"),
    Row("POST", "confirm_registration", (404, 302, 404, 404, 404, 404, 403, 403), "guest_registration"),
    Row("POST", "confirm_registration", (404, 404, 404, 404, 302, 404, 403, 403), "member_registration"),
    Row("GET", "remove_unconfirmed", (302, 302, 403, 403, 403, 403, 302, 302), "public"),
    Row("POST", "remove_unconfirmed", (302, 302, 403, 403, 403, 403, 302, 302), "public"),
    Row("GET", "cancel_meeting", (302, 302, 403, 403, 403, 403, 200, 200), "public"),
    Row("POST", "cancel_meeting", (302, 302, 403, 403, 403, 403, 302, 302), "public"),
    Row("GET", "cancel_meeting", (302, 302, 404, 404, 404, 403, 200, 200), "invited"),
    Row("POST", "cancel_meeting", (302, 302, 404, 404, 404, 403, 302, 302), "invited"),
    Row("GET", "cover", (302, 302, 403, 403, 403, 403, 200, 200), "public"),
    Row("POST", "cover", (302, 302, 403, 403, 403, 403, 302, 302), "public"),
    Row("GET", "cover", (302, 302, 404, 404, 404, 403, 200, 200), "invited"),
    Row("GET", "time_zone", everybody(200)),
    Row("GET", "company", everybody(200), "company"),
    Row("GET", "directory", everybody(200)),
    Row("GET", "edit_company", (302, 302, 403, 403, 403, 403, 200, 200), "company"),
    Row("POST", "edit_company", (302, 302, 403, 403, 403, 403, 422, 422), "company"),
    Row("GET", "edit_meeting", (302, 302, 403, 403, 403, 403, 200, 200), "public"),
    Row("POST", "edit_meeting", (302, 302, 403, 403, 403, 403, 422, 422), "public"),
    Row("GET", "edit_meeting", (302, 302, 404, 404, 404, 403, 200, 200), "invited"),
    Row("POST", "edit_meeting", (302, 302, 404, 404, 404, 403, 422, 422), "invited"),
    Row("GET", "edit_recording", (302, 302, 404, 404, 403, 403, 200, 200), "recording"),
    Row("POST", "edit_recording", (302, 302, 404, 404, 403, 403, 422, 422), "recording"),
    Row("GET", "end_meeting", (302, 302, 403, 403, 403, 403, 200, 200), "public"),
    Row("POST", "end_meeting", (302, 302, 403, 403, 403, 403, 302, 302), "public"),
    Row("GET", "extend_meeting", (405, 405, 405, 405, 405, 405, 405, 405), "public"),
    Row("POST", "extend_meeting", (302, 302, 403, 403, 403, 403, 302, 302), "public"),
    Row("GET", "favicon", everybody(302)),
    Row("GET", "polls", (302, 302, 403, 403, 403, 403, 200, 200), "public"),
    Row("GET", "polls", (302, 302, 404, 404, 404, 403, 200, 200), "invited"),
    Row("GET", "polls_csv", (302, 302, 403, 403, 403, 403, 200, 200), "public"),
    Row("GET", "new_poll", (302, 302, 403, 403, 403, 403, 200, 200), "public"),
    Row("POST", "new_poll", (302, 302, 403, 403, 403, 403, 422, 422), "public"),
    Row("GET", "edit_poll", (302, 302, 403, 403, 403, 403, 200, 200), "poll"),
    Row("POST", "edit_poll", (302, 302, 403, 403, 403, 403, 422, 422), "poll"),
    Row("GET", "edit_poll", (302, 302, 403, 403, 403, 403, 302, 302), "closed_poll"),
    Row("GET", "delete_poll", (302, 302, 403, 403, 403, 403, 200, 200), "poll"),
    Row("POST", "delete_poll", (302, 302, 403, 403, 403, 403, 302, 302), "poll"),
    Row("GET", "use_poll_again", everybody(405), "poll"),
    Row("POST", "use_poll_again", (302, 302, 403, 403, 403, 403, 302, 302), "closed_poll"),
    Row("GET", "poll_on_page", everybody(405), "closed_poll"),
    Row("POST", "poll_on_page", (302, 302, 403, 403, 403, 403, 302, 302), "closed_poll"),
    Row("GET", "ballots_csv", (302, 302, 403, 403, 403, 403, 200, 200), "closed_poll"),
    Row("GET", "ballots_csv", (302, 302, 403, 403, 403, 403, 404, 404), "poll"),
    Row("GET", "healthz", everybody(200)),
    Row("GET", "home", everybody(200)),
    Row("GET", "host_meeting", (302, 302, 403, 403, 403, 403, 200, 200), "public"),
    Row("GET", "host_meeting", (302, 302, 403, 403, 403, 403, 200, 200), "members_only"),
    Row("GET", "host_meeting", (302, 302, 404, 404, 404, 403, 200, 200), "invited"),
    Row("GET", "host_meeting", (302, 302, 404, 404, 404, 404, 200, 200), "draft"),
    Row("GET", "host_meeting", (302, 302, 404, 403, 404, 404, 200, 200), "project_meeting"),
    Row("GET", "answer_question", (403, 403, 403, 403, 403, 200, 200, 200), "live_question"),
    Row("POST", "answer_question", (403, 403, 403, 403, 403, 422, 422, 422), "live_question"),
    Row("GET", "dismiss_question", (403, 403, 403, 403, 403, 403, 200, 200), "live_question"),
    Row("POST", "dismiss_question", (403, 403, 403, 403, 403, 403, 302, 302), "live_question"),
    Row("GET", "live_questions", (403, 200, 403, 403, 200, 200, 200, 200), "public"),
    Row("GET", "live_questions", (404, 404, 404, 404, 404, 200, 200, 200), "invited"),
    Row("GET", "live_questions_csv", (302, 302, 403, 403, 403, 403, 200, 200), "public"),
    Row("GET", "question_settings", (302, 302, 403, 403, 403, 403, 200, 200), "public"),
    Row("POST", "question_settings", (302, 302, 403, 403, 403, 403, 422, 422), "public"),
    Row("GET", "question_settings", (302, 302, 404, 404, 404, 403, 200, 200), "invited"),
    Row("GET", "contact", everybody(200)),
    Row("POST", "contact", everybody(422)),
    Row("GET", "contact_sent", everybody(302)),
    Row("GET", "imprint", everybody(200)),
    Row("POST", "livekit_webhook", everybody(404)),
    Row("POST", "decline_invitation", (404, 404, 302, 404, 404, 404, 404, 404), "invitation"),
    Row("GET", "invitation", (404, 404, 200, 404, 404, 404, 404, 404), "invitation"),
    Row("GET", "invitations", (302, 302, 403, 403, 403, 403, 200, 200), "public"),
    Row("POST", "invitations", (302, 302, 403, 403, 403, 403, 422, 422), "public"),
    Row("GET", "invitations", (302, 302, 404, 404, 404, 403, 200, 200), "invited"),
    Row("GET", "invitations", (302, 302, 404, 404, 404, 404, 200, 200), "draft"),
    Row("GET", "mailbox", everybody(404)),
    Row("GET", "meeting", everybody(200), "public"),
    Row("GET", "meeting", (404, 404, 200, 200, 200, 200, 200, 200), "members_only"),
    Row("GET", "meeting", (404, 404, 404, 404, 404, 200, 200, 200), "invited"),
    Row("GET", "meeting", (404, 404, 404, 404, 404, 404, 200, 200), "draft"),
    Row("GET", "meeting", (404, 404, 404, 200, 404, 404, 200, 200), "project_meeting"),
    Row("GET", "meeting_calendar", everybody(200), "public"),
    Row("GET", "meeting_calendar", (404, 404, 200, 200, 200, 200, 200, 200), "members_only"),
    Row("GET", "meeting_calendar", (404, 404, 404, 404, 404, 200, 200, 200), "invited"),
    Row("GET", "meeting_calendar", everybody(404), "draft"),
    Row("GET", "meeting_calendar", (404, 404, 404, 200, 404, 404, 200, 200), "project_meeting"),
    Row("GET", "metrics", everybody(200)),
    Row("GET", "my_meetings", (302, 200, 200, 200, 200, 200, 200, 200)),
    Row("GET", "new_meeting", (302, 302, 200, 200, 200, 200, 200, 200)),
    Row("POST", "new_meeting", (302, 302, 422, 422, 422, 422, 422, 422)),
    Row("GET", "new_project_room", (302, 302, 200, 200, 200, 200, 200, 403)),
    Row("POST", "new_project_room", (302, 302, 200, 200, 200, 200, 200, 403)),
    Row("GET", "news", everybody(200)),
    Row("GET", "news_feed", everybody(200)),
    Row("GET", "privacy", everybody(200)),
    Row("GET", "profile", (302, 302, 200, 200, 200, 200, 200, 200)),
    Row("POST", "profile", (302, 302, 422, 422, 422, 422, 422, 422)),
    Row("GET", "your_data", (302, 302, 200, 200, 200, 200, 200, 200)),
    Row("GET", "export_data", everybody(405)),
    Row("POST", "export_data", (302, 302, 200, 200, 200, 200, 200, 200)),
    Row("GET", "delete_account", (302, 302, 200, 200, 200, 200, 200, 200)),
    Row("POST", "delete_account", (302, 302, 422, 422, 422, 422, 422, 422)),
    Row("GET", "programmes", everybody(200)),
    Row("GET", "project_room", (302, 302, 404, 200, 404, 404, 200, 404), "project_room"),
    Row("GET", "project_rooms", (302, 302, 200, 200, 200, 200, 200, 200)),
    Row("GET", "publish_meeting", (302, 302, 403, 403, 403, 403, 200, 200), "public"),
    Row("POST", "publish_meeting", (302, 302, 403, 403, 403, 403, 302, 302), "public"),
    Row("POST", "publish_recording", (302, 302, 404, 404, 403, 403, 302, 302), "recording"),
    Row("GET", "unpublish_recording", (302, 302, 404, 404, 403, 403, 200, 200), "recording"),
    Row("POST", "unpublish_recording", (302, 302, 404, 404, 403, 403, 302, 302), "recording"),
    Row("GET", "delete_recording", (302, 302, 404, 404, 403, 403, 200, 200), "recording"),
    Row("POST", "delete_recording", (302, 302, 404, 404, 403, 403, 302, 302), "recording"),
    Row("GET", "recording", (404, 200, 404, 404, 200, 200, 200, 200), "recording"),
    Row("GET", "recordings", everybody(200)),
    Row("GET", "refuse_registration", (302, 302, 404, 404, 404, 404, 200, 200), "guest_registration"),
    Row("POST", "refuse_registration", (302, 302, 404, 404, 404, 404, 302, 302), "guest_registration"),
    Row("GET", "refuse_registration", (302, 302, 404, 404, 403, 404, 200, 200), "member_registration"),
    Row("POST", "refuse_registration", (302, 302, 404, 404, 403, 404, 302, 302), "member_registration"),
    Row("GET", "register", (200, 302, 200, 200, 302, 200, 200, 200), "public"),
    Row("POST", "register", everybody(422), "public"),
    Row("GET", "register", (404, 404, 200, 200, 200, 200, 200, 200), "members_only"),
    Row("GET", "register", (404, 404, 404, 404, 404, 200, 200, 200), "invited"),
    Row("GET", "register", (404, 404, 404, 404, 404, 404, 200, 200), "draft"),
    Row("GET", "register", (404, 404, 404, 200, 404, 404, 200, 200), "project_meeting"),
    Row("GET", "registration", (404, 200, 404, 404, 404, 404, 200, 200), "guest_registration"),
    Row("GET", "registration", (404, 404, 404, 404, 200, 404, 200, 200), "member_registration"),
    Row("GET", "registration_answers", (404, 200, 404, 404, 404, 404, 403, 403), "guest_registration"),
    Row("POST", "registration_answers", (404, 302, 404, 404, 404, 404, 403, 403), "guest_registration"),
    Row("GET", "registration_answers", (404, 404, 404, 404, 200, 404, 403, 403), "member_registration"),
    Row("POST", "registration_answers", (404, 404, 404, 404, 302, 404, 403, 403), "member_registration"),
    Row("GET", "registration_questions", (302, 302, 403, 403, 403, 403, 200, 200), "public"),
    Row("GET", "registration_questions", (302, 302, 404, 404, 404, 403, 200, 200), "invited"),
    Row("GET", "registration_questions", (302, 302, 404, 404, 404, 404, 200, 200), "draft"),
    Row("GET", "add_registration_question", (302, 302, 403, 403, 403, 403, 200, 200), "kind_of_question"),
    Row("POST", "add_registration_question", (302, 302, 403, 403, 403, 403, 422, 422), "kind_of_question"),
    Row("GET", "copy_registration_questions", (302, 302, 403, 403, 403, 403, 302, 302), "in_series"),
    Row("POST", "copy_registration_questions", (302, 302, 403, 403, 403, 403, 302, 302), "in_series"),
    Row("GET", "edit_registration_question", (302, 302, 403, 403, 403, 403, 200, 200), "question"),
    Row("POST", "edit_registration_question", (302, 302, 403, 403, 403, 403, 422, 422), "question"),
    Row("GET", "move_registration_question", everybody(405), "question"),
    Row("POST", "move_registration_question", (302, 302, 403, 403, 403, 403, 302, 302), "question"),
    Row("GET", "remove_registration_question", (302, 302, 403, 403, 403, 403, 200, 200), "question"),
    Row("POST", "remove_registration_question", (302, 302, 403, 403, 403, 403, 302, 302), "question"),
    Row("GET", "registrations_csv", (302, 302, 403, 403, 403, 403, 200, 200), "public"),
    Row("GET", "renew_calendar", (405, 405, 405, 405, 405, 405, 405, 405)),
    Row("POST", "renew_calendar", everybody(302)),
    Row("GET", "room", (403, 200, 403, 403, 200, 200, 200, 200), "public_room"),
    Row("GET", "room", (404, 404, 404, 200, 404, 404, 200, 404), "project_room"),
    Row("POST", "room_ticket", (403, 200, 403, 403, 200, 200, 200, 200), "public_room"),
    Row("POST", "room_ticket", (404, 404, 404, 200, 404, 404, 200, 404), "project_room"),
    Row("GET", "schedule", everybody(200)),
    Row("GET", "send_invitation_again", everybody(405), "invitation"),
    Row("POST", "send_invitation_again", (302, 302, 404, 404, 404, 404, 302, 302), "invitation"),
    Row("GET", "sessions", (302, 302, 200, 200, 200, 200, 200, 200)),
    Row("POST", "sessions", everybody(302)),
    Row("POST", "set_time_zone", everybody(422)),
    Row("GET", "sound_check", everybody(200)),
    Row("GET", "start_meeting", (302, 302, 403, 403, 403, 403, 200, 200), "public"),
    Row("POST", "start_meeting", (302, 302, 403, 403, 403, 403, 302, 302), "public"),
    Row("GET", "delivery_report", (302, 302, 403, 403, 403, 403, 200, 200), "public"),
    Row("POST", "delivery_report", (302, 302, 403, 403, 403, 403, 302, 302), "public"),
    Row("GET", "delivery_report", (302, 302, 404, 404, 404, 403, 200, 200), "invited"),
    Row("POST", "delivery_report", (302, 302, 404, 404, 404, 403, 302, 302), "invited"),
    Row("GET", "delivery_recipients", (302, 302, 403, 403, 403, 403, 200, 200), "public"),
    Row("GET", "delivery_recipients", (302, 302, 404, 404, 404, 403, 200, 200), "invited"),
    Row("GET", "set_waiting_room", everybody(405), "public"),
    Row("POST", "set_waiting_room", (302, 302, 403, 403, 403, 403, 302, 302), "public", {"do": "on"}),
    Row("GET", "appoint_registered", everybody(405), "guest_registration"),
    Row("POST", "appoint_registered", (302, 302, 404, 404, 404, 404, 302, 302), "guest_registration"),
    Row("GET", "dismiss", (302, 302, 403, 403, 403, 403, 200, 200), "stage_role"),
    Row("POST", "dismiss", (302, 302, 403, 403, 403, 403, 302, 302), "stage_role"),
    Row("GET", "secretariat", (302, 302, 404, 404, 404, 404, 404, 200)),
    Row("GET", "manage_people", (302, 302, 404, 404, 404, 404, 404, 200)),
    Row("GET", "manage_person", (302, 302, 404, 404, 404, 404, 404, 200), "person"),
    Row("POST", "manage_person", (302, 302, 404, 404, 404, 404, 404, 302), "person", {"do": "sign_out"}),
    Row("GET", "manage_companies", (302, 302, 404, 404, 404, 404, 404, 200)),
    Row("GET", "new_company", (302, 302, 404, 404, 404, 404, 404, 200)),
    Row("POST", "new_company", (302, 302, 404, 404, 404, 404, 404, 422)),
    Row("GET", "list_company", everybody(405), "company"),
    Row("POST", "list_company", (302, 302, 404, 404, 404, 404, 404, 302), "company", {"do": "hide"}),
    Row("GET", "manage_topics", (302, 302, 404, 404, 404, 404, 404, 200)),
    Row("POST", "manage_topics", (302, 302, 404, 404, 404, 404, 404, 422)),
    Row("GET", "manage_topic", (302, 302, 404, 404, 404, 404, 404, 200), "topic"),
    Row("POST", "manage_topic", (302, 302, 404, 404, 404, 404, 404, 422), "topic"),
    Row("GET", "contact_messages", (302, 302, 404, 404, 404, 404, 404, 200)),
    Row("POST", "contact_messages", (302, 302, 404, 404, 404, 404, 404, 404)),
    Row("GET", "new_programme", (302, 302, 404, 404, 404, 404, 404, 200)),
    Row("POST", "new_programme", (302, 302, 404, 404, 404, 404, 404, 422)),
    Row("GET", "edit_programme", (302, 302, 404, 404, 404, 404, 404, 200), "programme"),
    Row("POST", "edit_programme", (302, 302, 404, 404, 404, 404, 404, 422), "programme"),
    Row("GET", "upload_recording", (302, 302, 403, 403, 403, 403, 200, 200), "public"),
    Row("POST", "upload_recording", (302, 302, 403, 403, 403, 403, 422, 422), "public"),
    Row("GET", "uploads", everybody(405)),
    Row("POST", "uploads", everybody(412)),
    Row("GET", "lost_confirmation", (200, 302, 200, 200, 302, 200, 200, 200), "public"),
    Row("POST", "lost_confirmation", everybody(200), "public", {"email": "somebody@example.org"}),
    Row("GET", "lost_confirmation", (404, 404, 404, 404, 404, 200, 200, 200), "invited"),
    Row("POST", "lost_confirmation", (404, 404, 404, 404, 404, 200, 200, 200), "invited", {"email": "a@example.org"}),
    Row("GET", "resend_confirmation", everybody(405), "guest_registration"),
    Row("POST", "resend_confirmation", (404, 302, 404, 404, 404, 404, 302, 302), "guest_registration"),
    Row("POST", "resend_confirmation", (404, 404, 404, 404, 302, 404, 302, 302), "member_registration"),
    Row("GET", "withdraw", (404, 200, 404, 404, 404, 404, 200, 200), "guest_registration"),
    Row("POST", "withdraw", (404, 302, 404, 404, 404, 404, 302, 302), "guest_registration"),
    Row("GET", "withdraw", (404, 404, 404, 404, 200, 404, 200, 200), "member_registration"),
    Row("POST", "withdraw", (404, 404, 404, 404, 302, 404, 302, 302), "member_registration"),
    Row("GET", "withdraw_invitation", (302, 302, 404, 404, 404, 404, 200, 200), "invitation"),
    Row("POST", "withdraw_invitation", (302, 302, 404, 404, 404, 404, 302, 302), "invitation"),
    # ---- with an unknown key or name ----
    Row("GET", "personal_link", everybody(404), "no_token"),
    Row("GET", "unsubscribe", everybody(404), "no_token"),
    Row("GET", "sign_in_link", everybody(410), "no_token"),
    Row("GET", "calendar_feed", everybody(404), "no_secret"),
    Row("GET", "mail", everybody(404), "no_mail"),
    Row("GET", "company_logo", everybody(404), "no_file"),
    Row("GET", "news_picture", everybody(404), "no_file"),
    Row("GET", "person_picture", everybody(404), "no_file"),
    Row("GET", "meeting_cover", everybody(404), "no_file"),
    Row("GET", "small_meeting_cover", everybody(404), "no_file"),
    Row("GET", "programme_picture", everybody(404), "no_file"),
    Row("GET", "small_programme_picture", everybody(404), "no_file"),
    Row("GET", "change_picture", everybody(405)),
    Row("POST", "change_picture", (302, 302, 422, 422, 422, 422, 422, 422)),
    Row("HEAD", "upload", everybody(412), "no_upload"),
    # ---- for everybody, or for nobody ----
    Row("GET", "article", everybody(200), "article"),
    Row("GET", "news_year", everybody(200), "year"),
    Row("GET", "programme", everybody(200), "programme"),
    Row("GET", "series", everybody(200), "series"),
    Row("GET", "register_for_series", everybody(302), "series"),
    Row("GET", "recording_file", (404, 404, 404, 404, 404, 404, 404, 404), "recording"),
    Row("GET", "recording_poster", everybody(404), "recording"),
    Row("GET", "recording_captions", everybody(404), "captions"),
    Row("POST", "change_person", (302, 302, 403, 403, 403, 403, 302, 302), "colleague"),
    Row("GET", "readyz", everybody(503)),
    Row("GET", "account", everybody(302)),
    Row("GET", "no_second_sign_in", everybody(302)),
    Row("GET", "no_password", everybody(302)),
    Row("GET", "no_password_change", everybody(302)),
    Row("GET", "no_password_set", everybody(302)),
)
# fmt: on


# ---- the API: by caller, with the scope of the operation -------------------------------------------------

CALLERS = ("guest", "stranger", "member", "speaker", "host", "secretariat")


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    scope: str
    answers: tuple[int, ...]
    sends: Callable[[World], dict[str, Any]] | None = None


def parts_of_paths(here: World, row: "Operation") -> dict[str, str]:
    return {
        "meeting_id": here.public.pk,
        "registration_id": here.member_registration.pk,
        "room_id": here.public.room_id,
        "recording_id": here.recording.pk,
        "upload_id": here.upload.pk,
        "slug": here.programme.slug if row.path.startswith("/programmes") else here.company.slug,
    }


OPERATIONS: tuple[Operation, ...] = (
    Operation("GET", "/meetings", "meetings:read", (200, 200, 200, 200, 200, 200)),
    Operation(
        "POST",
        "/meetings",
        "meetings:write",
        (403, 201, 201, 201, 201, 201),
        lambda here: {"title": {"en": "New"}, "starts_at": "2030-01-10T10:00"},
    ),
    Operation("GET", "/meetings/{meeting_id}", "meetings:read", (200, 200, 200, 200, 200, 200)),
    Operation("GET", "/meetings/{meeting_id}/calendar.ics", "meetings:read", (200, 200, 200, 200, 200, 200)),
    Operation(
        "PATCH",
        "/meetings/{meeting_id}",
        "meetings:write",
        (403, 403, 403, 403, 200, 200),
        lambda here: {"record": True},
    ),
    Operation("POST", "/meetings/{meeting_id}/cancel", "meetings:write", (403, 403, 403, 403, 200, 200)),
    Operation("POST", "/meetings/{meeting_id}/start", "meetings:write", (403, 403, 403, 403, 200, 200)),
    Operation("POST", "/meetings/{meeting_id}/end", "meetings:write", (403, 403, 403, 403, 409, 409)),
    Operation("GET", "/meetings/{meeting_id}/polls", "meetings:read", (200, 200, 200, 200, 200, 200)),
    Operation("GET", "/meetings/{meeting_id}/attendance", "attendance:read", (403, 403, 403, 403, 200, 200)),
    Operation("GET", "/meetings/{meeting_id}/questions", "meetings:read", (200, 403, 200, 200, 200, 200)),
    Operation(
        "GET", "/meetings/{meeting_id}/registrations", "registrations:read", (403, 403, 403, 403, 200, 200)
    ),
    Operation(
        "POST",
        "/meetings/{meeting_id}/registrations",
        "registrations:write",
        (403, 403, 403, 403, 201, 201),
        lambda here: {"email": "new@example.org", "name": "New"},
    ),
    Operation(
        "GET", "/meetings/{meeting_id}/invitations", "registrations:read", (403, 403, 403, 403, 200, 200)
    ),
    Operation(
        "POST",
        "/meetings/{meeting_id}/invitations",
        "registrations:write",
        (403, 403, 403, 403, 200, 200),
        lambda here: {"invitations": [{"email": "new@example.org", "name": "New"}]},
    ),
    Operation(
        "DELETE", "/registrations/{registration_id}", "registrations:write", (404, 404, 204, 404, 204, 204)
    ),
    Operation(
        "POST", "/rooms/{room_id}/tickets", "rooms:enter", (201, 403, 201, 201, 201, 201), lambda here: {}
    ),
    Operation("GET", "/recordings", "recordings:read", (200, 200, 200, 200, 200, 200)),
    Operation("GET", "/recordings/{recording_id}", "recordings:read", (200, 404, 200, 200, 200, 200)),
    Operation(
        "PATCH",
        "/recordings/{recording_id}",
        "recordings:write",
        (403, 404, 403, 403, 200, 200),
        lambda here: {"visibility": "members"},
    ),
    Operation(
        "POST",
        "/meetings/{meeting_id}/recordings",
        "recordings:write",
        (403, 403, 403, 403, 201, 201),
        lambda here: {"size": 1000},
    ),
    # Only the uploader: here the host.
    Operation("HEAD", "/uploads/{upload_id}", "recordings:write", (404, 404, 404, 404, 200, 404)),
    Operation("PATCH", "/uploads/{upload_id}", "recordings:write", (404, 404, 404, 404, 415, 404)),
    Operation("GET", "/companies", "companies:read", (200, 200, 200, 200, 200, 200)),
    Operation("GET", "/companies/{slug}", "companies:read", (200, 200, 200, 200, 200, 200)),
    Operation(
        "POST",
        "/companies",
        "companies:write",
        (403, 403, 403, 403, 403, 201),
        lambda here: {"slug": "new-firm", "name": "New", "country": "LT"},
    ),
    Operation(
        "PATCH",
        "/companies/{slug}",
        "companies:write",
        (403, 403, 403, 403, 200, 200),
        lambda here: {"city": "Kaunas"},
    ),
    Operation("GET", "/programmes", "programmes:read", (200, 200, 200, 200, 200, 200)),
    Operation("GET", "/programmes/{slug}", "programmes:read", (200, 200, 200, 200, 200, 200)),
    Operation(
        "POST",
        "/programmes",
        "programmes:write",
        (403, 403, 403, 403, 403, 201),
        lambda here: {"slug": "new-series", "kind": "webinar_series", "title": {"en": "New"}},
    ),
    Operation("GET", "/news", "news:read", (200, 200, 200, 200, 200, 200)),
    Operation(
        "POST",
        "/news",
        "news:write",
        (403, 403, 403, 403, 403, 201),
        lambda here: {"slug": "new-article", "title": {"en": "New"}},
    ),
)


# ---- live commands: lobby, attendee, speaker, host -----------------------------------------------------------

LEVELS = ((Level.ENTER, False), (Level.ENTER, True), (Level.SPEAK, True), (Level.HOST, True))
EVERYBODY, PRESENT, HOSTS = (True,) * 4, (False, True, True, True), (False, False, False, True)
SPEAKERS = (False, False, True, True)


@dataclass(frozen=True)
class LiveCommand:
    command: str
    open_to: tuple[bool, ...]


COMMANDS = (
    LiveCommand("ping", EVERYBODY),
    LiveCommand("since", PRESENT),
    LiveCommand("chat.send", PRESENT),
    LiveCommand("chat.list", PRESENT),
    LiveCommand("chat.delete", PRESENT),
    LiveCommand("hand.raise", PRESENT),
    LiveCommand("hand.lower", PRESENT),
    LiveCommand("reaction.send", PRESENT),
    LiveCommand("question.ask", PRESENT),
    LiveCommand("question.edit", PRESENT),
    LiveCommand("question.delete", PRESENT),
    LiveCommand("question.vote", PRESENT),
    LiveCommand("question.list", PRESENT),
    LiveCommand("question.approve", HOSTS),
    LiveCommand("question.answering", SPEAKERS),
    LiveCommand("question.answer", SPEAKERS),
    LiveCommand("question.dismiss", HOSTS),
    LiveCommand("question.merge", HOSTS),
    LiveCommand("question.pin", HOSTS),
    LiveCommand("question.assign", HOSTS),
    LiveCommand("question.translate", SPEAKERS),
    LiveCommand("question.configure", HOSTS),
    LiveCommand("poll.create", HOSTS),
    LiveCommand("poll.edit", HOSTS),
    LiveCommand("poll.delete", HOSTS),
    LiveCommand("poll.open", HOSTS),
    LiveCommand("poll.close", HOSTS),
    LiveCommand("poll.share", HOSTS),
    LiveCommand("poll.vote", PRESENT),
    LiveCommand("poll.list", PRESENT),
    LiveCommand("lobby.admit", HOSTS),
    LiveCommand("lobby.deny", HOSTS),
    LiveCommand("lobby.turned_away", HOSTS),
    LiveCommand("lobby.readmit", HOSTS),
    LiveCommand("lobby.set", HOSTS),
    LiveCommand("room.lock", HOSTS),
    LiveCommand("room.unlock", HOSTS),
    LiveCommand("stage.invite", HOSTS),
    LiveCommand("stage.leave", PRESENT),
    LiveCommand("stage.mute", HOSTS),
    LiveCommand("stage.remove", HOSTS),
    LiveCommand("signal.send", PRESENT),
    LiveCommand("media.state", PRESENT),
    LiveCommand("media.token", PRESENT),
    LiveCommand("people.list", PRESENT),
    LiveCommand("people.appoint", HOSTS),
    LiveCommand("meeting.start", HOSTS),
    LiveCommand("meeting.end", HOSTS),
    LiveCommand("meeting.extend", HOSTS),
    LiveCommand("recording.start", HOSTS),
    LiveCommand("recording.stop", HOSTS),
    LiveCommand("recording.skip", HOSTS),
)


def room_states() -> list[RoomState]:
    """A webinar before its start, live, live while it is recorded, and while its recording was not started."""
    info = RoomInfo(
        id="room",
        kind="meeting",
        title={"en": "Heat"},
        state="live",
        meeting="meeting",
        starts_at=None,
        ends_at=None,
        started_at=None,
        is_webinar=True,
        lobby=True,
        recording=False,
        media="mesh",
    )
    return [
        RoomState(info.model_copy(update={"state": "waiting"}), "scheduled"),
        RoomState(info, "live"),
        RoomState(info.model_copy(update={"recording": True}), "live"),
        RoomState(info.model_copy(update={"recording_planned": True}), "live"),
    ]
