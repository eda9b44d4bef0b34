"""Operations on messages to people of a meeting, for a host's program."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from ninja.decorators import decorate_view
from pydantic import AfterValidator, BeforeValidator, Field

from api.auth import Scope
from api.idempotency import idempotent
from api.paging import Page, PageQuery, page
from companies.api.people import caller
from companies.api.schemas import (
    Flag,
    PlainText,
    RequestModel,
    example,
    known_languages_only,
    not_empty,
    single_line,
    stripped,
)
from meetings.access import Level
from meetings.api.meetings import find_meeting
from notifications import messaging
from notifications.models import HostMessage

router = Router(tags=["meetings"])

Subject = Annotated[
    str, BeforeValidator(stripped), AfterValidator(single_line), Field(max_length=messaging.LONGEST_SUBJECT)
]
Text = Annotated[PlainText, BeforeValidator(stripped), Field(max_length=messaging.LONGEST_TEXT)]


class MessageIn(RequestModel):
    model_config = example(
        audience="test",
        subject={"en": "Parking", "sv": "Parkering"},
        text={"en": "Please use the north entrance.", "sv": "Använd den norra ingången."},
    )

    audience: Literal[
        "everyone", "registered", "waitlisted", "pending", "invited", "attended", "missed", "test"
    ] = Field(description="attended and missed: after an online meeting; test: only the caller")
    subject: Annotated[dict[str, Subject], AfterValidator(known_languages_only), AfterValidator(not_empty)]
    text: Annotated[dict[str, Text], AfterValidator(known_languages_only), AfterValidator(not_empty)] = Field(
        description="plain text by language, in the languages of the subject; readers of others get English, else "
        "the first"
    )
    is_urgent: Flag = Field(False, description="also as a notification in people’s browsers")
    preview: Flag = Field(False, description="true sends nothing, and answers who would get it")


class ReadersOut(Schema):
    language: str
    number: int
    shown_in: str = Field(description="language of the text that they get")


class MessageSent(Schema):
    id: str | None = Field(description="null for a preview")
    recipients: int
    by_language: list[ReadersOut]


class MessageOut(Schema):
    id: str
    audience: str
    subject: dict[str, str]
    text: dict[str, str]
    is_urgent: bool
    sender: str = Field(description="name; empty once that account is deleted")
    created_at: datetime


@router.post(
    "/meetings/{meeting_id}/messages",
    response={200: MessageSent},
    auth=Scope("meetings:write"),
    operation_id="meetings_send_message",
    summary="Write to people of a meeting",
)
@decorate_view(idempotent)
def send_message(request: HttpRequest, meeting_id: str, payload: MessageIn) -> MessageSent:
    """One email to each, in their language; replies go to the caller. At most three a day. Hosts only."""
    meeting, by, now = find_meeting(request, meeting_id, Level.HOST), caller(request), timezone.now()
    written = messaging.WrittenMessage(
        audience=HostMessage.Audience(payload.audience),
        subject={code: words for code, words in payload.subject.items() if words},
        text={code: words for code, words in payload.text.items() if words},
        is_urgent=payload.is_urgent,
    )
    readers = messaging.preview(meeting=meeting, written=written, by=by, now=now)
    message = (
        None if payload.preview else messaging.send_message(meeting=meeting, written=written, by=by, now=now)
    )
    return MessageSent(
        id=message.pk if message else None,
        recipients=sum(one.number for one in readers),
        by_language=[
            ReadersOut(language=one.language, number=one.number, shown_in=one.shown_in) for one in readers
        ],
    )


@router.get(
    "/meetings/{meeting_id}/messages",
    response=Page[MessageOut],
    auth=Scope("meetings:read"),
    operation_id="meetings_list_messages",
    summary="List messages to people of a meeting",
)
def list_messages(request: HttpRequest, meeting_id: str, asked: Query[PageQuery]) -> dict[str, Any]:
    """Newest first, without tests. Hosts only."""
    meeting = find_meeting(request, meeting_id, Level.HOST)
    return page(messaging.messages_of(meeting), asked, "-created_at", message_out)


def message_out(message: HostMessage) -> MessageOut:
    return MessageOut(
        id=message.pk,
        audience=message.audience,
        subject=message.subject,
        text=message.text,
        is_urgent=message.is_urgent,
        sender=message.sender.public_name if message.sender else "",
        created_at=message.created_at,
    )
