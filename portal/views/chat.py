"""The chat of a meeting as a file, for its hosts: what everybody saw, and what was written to the hosts."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from companies.views.spreadsheet import csv_file
from engagement.chat import reading
from engagement.chat.messages import Message
from meetings import access
from meetings.models import Meeting


@login_required
@require_safe
def chat_csv(request: HttpRequest, meeting_id: str) -> HttpResponse:
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    titles = [_("Sent at"), _("Name"), _("Company"), _("To"), _("Message text"), _("Edited")]
    return csv_file(f"chat-{meeting.pk}.csv", titles, _rows(meeting))


def _rows(meeting: Meeting) -> Iterator[list[str]]:
    for message in _messages(meeting):
        yield [
            _local(message, meeting),
            message.sender.name,
            message.sender.company,
            _("Hosts and co-hosts") if message.to == "hosts" else _("Everyone"),
            message.text,
            _("yes") if message.edited_at else "",
        ]


@login_required
@require_safe
def chat_text(request: HttpRequest, meeting_id: str) -> HttpResponse:
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    text = "\n\n".join(_entry(message, meeting) for message in _messages(meeting))
    response = HttpResponse(f"{text}\n" if text else "", content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="chat-{meeting.pk}.txt"'
    return response


def _entry(message: Message, meeting: Meeting) -> str:
    to = f" ({_('Hosts and co-hosts')})" if message.to == "hosts" else ""
    return f"{_local(message, meeting)} {message.sender.name}{to}\n{message.text}"


def _messages(meeting: Meeting) -> Iterator[Message]:
    """Of a project room, which several meetings share, those during this meeting."""
    if not meeting.room.is_project_room:
        return reading.messages_for_export(meeting.room_id)
    if meeting.started_at is None:
        return iter(())
    return reading.messages_for_export(meeting.room_id, since=meeting.started_at, until=meeting.ended_at)


def _local(message: Message, meeting: Meeting) -> str:
    """In the meeting's time zone."""
    at = datetime.fromisoformat(message.at).astimezone(ZoneInfo(meeting.timezone))
    return f"{at:%Y-%m-%d %H:%M:%S}"
