"""Recordings on the pages of other apps."""

from typing import Any

from django import template
from django.core.paginator import Page
from django.template import Context

from companies.views.paging import page_of
from meetings import access
from meetings.models import Meeting
from recordings import access as recording_access
from recordings import capturing
from recordings.media_files import failure_text
from recordings.models import Recording
from rooms.models import Room

register = template.Library()
RECORDINGS_A_PAGE = 20


@register.simple_tag(takes_context=True)
def recordings_of_meeting(context: Context, meeting: Meeting) -> Page[Any]:
    """In every state, for the meeting's hosts; `?recordings=` is the page number."""
    newest = meeting.recordings.order_by("-created_at", "pk")
    return page_of(context["request"], "recordings", newest, RECORDINGS_A_PAGE)


@register.simple_tag
def is_recording_to_come(meeting: Meeting) -> bool:
    """Whether a meeting that is over still promises a recording: none has expired, failed or been deleted."""
    gone = (Recording.State.EXPIRED, Recording.State.FAILED, Recording.State.DELETED)
    states = set(meeting.recordings.values_list("state", flat=True)) if meeting.record else {*gone}
    return not meeting.was_missed and (not states or bool(states.difference(gone)))


@register.simple_tag
def is_being_recorded(meeting: Meeting | None) -> bool:
    """Whether a browser in its room records it now."""
    return meeting is not None and meeting.is_live and capturing.is_capturing(meeting.room_id)


@register.filter
def failure_in_words(recording: Recording) -> str:
    """Why it cannot be played."""
    return failure_text(recording.failure, recording.failure_values) if recording.failure else ""


@register.simple_tag(takes_context=True)
def recordings_of_room(context: Context, room: Room) -> Page[Any]:
    """Those that the visitor may see, newest first; `?recordings=` is the page number."""
    request = context["request"]
    found = recording_access.visible_recordings(access.visitor_of(request)).filter(room=room)
    newest = found.select_related("meeting").order_by("-created_at", "pk")
    return page_of(request, "recordings", newest, RECORDINGS_A_PAGE)
