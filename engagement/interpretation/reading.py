"""The channels as the room's state holds them, from the database."""

from collections.abc import Collection

from engagement.interpretation.messages import InterpretationChannelInfo
from engagement.interpretation.models import ChannelInterpreter, InterpretationChannel
from rooms.admission import public_id
from rooms.messages import PersonRef
from rooms.models import Participant

ROLE = "interpreter"


def channels_of(room_id: str, meeting: str) -> list[InterpretationChannelInfo]:
    """Two queries, whatever the size."""
    channels = InterpretationChannel.objects.filter(room=room_id, meeting=meeting)
    rows = channels.order_by("language").prefetch_related("interpreters__participant")
    return [info_of(row) for row in rows]


def info_of(channel: InterpretationChannel) -> InterpretationChannelInfo:
    rows = sorted(channel.interpreters.all(), key=lambda row: row.pk)
    on_air = next((row.participant_id for row in rows if row.is_on_air), None)
    offered = next((row.participant_id for row in rows if row.is_offered), None)
    return InterpretationChannelInfo(
        language=channel.language,
        interpreters=[person_ref_of(row.participant) for row in rows],
        on_air=public_id(on_air) if on_air is not None else None,
        offered_to=public_id(offered) if offered is not None else None,
    )


def person_ref_of(participant: Participant) -> PersonRef:
    return PersonRef(
        id=public_id(participant.pk),
        name=participant.name,
        company=participant.company_name,
        role=ROLE,
    )


def speakers_in_channels(room_ids: Collection[str]) -> set[tuple[str, int]]:
    """Room and person of all interpreters who have a channel."""
    rows = ChannelInterpreter.objects.filter(channel__room__in=room_ids)
    return set(rows.values_list("channel__room", "participant__person"))
