"""The resources of a meeting as its page shows them, and who may have which."""

from collections.abc import Sequence

from companies.process_cache import CachedRead
from engagement.models import Resource
from engagement.resources.describing import (
    MOST_RESOURCES,
    ShownResource,
    resources_of_meeting,
    shown_resource,
)
from meetings.access import Level
from meetings.models import Meeting
from portal.meeting_cards import MeetingCard

_known: CachedRead[list[ShownResource]] = CachedRead()


def resources_on_page(card: MeetingCard) -> Sequence[ShownResource]:
    """Read once for all visitors who see the same."""
    meeting, sees_all = card.meeting.pk, card.can_enter or card.has_ended
    only_before = not (sees_all and has_all(card.meeting, card.level))
    return _known.get_or_read(
        (meeting, only_before),
        lambda: [shown_resource(row) for row in rows_of(card.meeting, only_before=only_before)],
    )


def has_all(meeting: Meeting, level: Level) -> bool:
    """What is only in the room and afterwards is for those who may enter, once the meeting has begun."""
    return level >= Level.READ and meeting.started_at is not None


def rows_of(meeting: Meeting, *, only_before: bool = False) -> list[Resource]:
    return list(resources_of_meeting(meeting.pk, only_before=only_before)[:MOST_RESOURCES])


def resource_for(meeting: Meeting, resource_id: str, level: Level) -> Resource | None:
    """Where somebody at this level may have it now: hosts always."""
    only_before = level < Level.HOST and not has_all(meeting, level)
    return resources_of_meeting(meeting.pk, only_before=only_before).filter(pk=resource_id).first()


def can_share(meeting: Meeting) -> bool:
    """Also once it is over: what was promised in the meeting often follows later."""
    return meeting.state != Meeting.State.CANCELLED
