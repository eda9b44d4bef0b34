"""What the files of chat and live text share."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpResponse

from meetings.models import Meeting

Period = tuple[datetime | None, datetime | None]


def period_of(meeting: Meeting) -> Period | None:
    """From when until when the room's lines are the meeting's; None where there are none.

    Of a project room, which several meetings share, those during this meeting; else all.
    """
    if not meeting.room.is_project_room:
        return None, None
    return (meeting.started_at, meeting.ended_at) if meeting.started_at is not None else None


def local_time(at: str, meeting: Meeting) -> str:
    """In the meeting's time zone; `at` is a moment of the protocol."""
    moment = datetime.fromisoformat(at).astimezone(ZoneInfo(meeting.timezone))
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def text_file(name: str, text: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
