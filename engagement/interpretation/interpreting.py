"""Opening and closing channels, and who interprets in them. Each change is written under the room's lock."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from engagement.interpretation.messages import (
    MOST_INTERPRETERS,
    InterpretationChanged,
    InterpretationClosed,
    InterpretationOpened,
)
from engagement.interpretation.models import ChannelInterpreter, InterpretationChannel
from engagement.interpretation.reading import info_of
from rooms import journal
from rooms.admission import participant_pk, public_id
from rooms.messages import Event, PersonRef
from rooms.models import Room
from rooms.refusals import Refused

# ---- channels --------------------------------------------------------------------------------------------


@transaction.atomic
def open_channel(
    *, room_id: str, meeting: str, language: str, by_ref: PersonRef, by: int, now: datetime
) -> None:
    """One that is open already is announced to nobody."""
    _lock(room_id)
    if not InterpretationChannel.objects.filter(room=room_id, meeting=meeting, language=language).exists():
        _open(room_id, meeting, language, by_ref, by, now)


@transaction.atomic
def close_channel(
    *, room_id: str, meeting: str, language: str, by_ref: PersonRef, by: int, now: datetime
) -> list[str]:
    """Returns the people who interpreted. Raises Refused: not_found."""
    _lock(room_id)
    channel = _channel(room_id, meeting, language)
    return _close(channel, by_ref, by, now)


@transaction.atomic
def plan_channels(*, room_id: str, meeting: str, languages: Sequence[str], now: datetime) -> None:
    """The meeting is announced with these languages: their channels are open before it begins.

    Those that were open for an earlier announcement are closed; those that a host has opened stay.
    """
    known = InterpretationChannel.objects.filter(room=room_id, meeting=meeting)
    if not languages and not known.filter(is_planned=True).exists():
        return
    _lock(room_id)
    for channel in known.filter(is_planned=True).exclude(language__in=languages).order_by("language"):
        _close(channel, None, None, now)
    open_ones = set(known.values_list("language", flat=True))
    for language in languages:
        if language not in open_ones:
            _open(room_id, meeting, language, None, None, now, is_planned=True)


@transaction.atomic
def close_with_meeting(*, room_id: str, meeting: str, now: datetime) -> None:
    """A project room begins its next meeting without them."""
    channels = InterpretationChannel.objects.filter(room=room_id, meeting=meeting)
    if not channels.exists():
        return
    _lock(room_id)
    for channel in channels.order_by("language"):
        _close(channel, None, None, now)


def _open(
    room_id: str,
    meeting: str,
    language: str,
    by_ref: PersonRef | None,
    by: int | None,
    now: datetime,
    *,
    is_planned: bool = False,
) -> None:
    InterpretationChannel.objects.create(
        room_id=room_id, meeting=meeting, language=language, is_planned=is_planned, opened_at=now
    )
    event = InterpretationOpened(meeting=meeting, language=language, by=by_ref, at=journal.protocol_time(now))
    _write(room_id, event, by, now)


def _close(
    channel: InterpretationChannel, by_ref: PersonRef | None, by: int | None, now: datetime
) -> list[str]:
    people = [public_id(pk) for pk in channel.interpreters.values_list("participant", flat=True)]
    event = InterpretationClosed(
        meeting=channel.meeting, language=channel.language, by=by_ref, at=journal.protocol_time(now)
    )
    room_id = channel.room_id
    channel.delete()
    _write(room_id, event, by, now)
    return people


# ---- interpreters ----------------------------------------------------------------------------------------


@transaction.atomic
def take(
    *,
    room_id: str,
    meeting: str,
    language: str,
    person_ref: PersonRef,
    present: Collection[str],
    by_ref: PersonRef,
    by: int,
    now: datetime,
) -> None:
    """Gives `person_ref` a place in the channel; on air if nobody of it is who is `present` in the room.

    Raises Refused: not_found without such a channel, not_now when it is full.
    """
    _lock(room_id)
    channel = _channel(room_id, meeting, language)
    here = {participant_pk(each) for each in present}
    own = _place(room_id, person_ref)
    if own is not None and own.channel_id != channel.pk:
        _give_up(own, by_ref, by, now)
        own = None
    others = [each for each in channel.interpreters.all() if own is None or each.pk != own.pk]
    is_taken = any(each.is_on_air and each.participant_id in here for each in others)
    if own is not None and (own.is_on_air or is_taken):
        return
    if own is None:
        _make_place(others, here)
        own = ChannelInterpreter(
            channel=channel, participant_id=participant_pk(person_ref.id) or 0, since=now
        )
    if not is_taken:
        channel.interpreters.update(is_on_air=False, is_offered=False)
        own.is_on_air, own.is_offered = True, False
    own.save()
    _tell(channel, by_ref, by, now)


def _make_place(others: Sequence[ChannelInterpreter], here: Collection[int | None]) -> None:
    """In a full channel by those who have left the room. Raises Refused: not_now."""
    if len(others) < MOST_INTERPRETERS:
        return
    gone = [each.pk for each in others if each.participant_id not in here]
    if not gone:
        raise Refused("not_now", f"at most {MOST_INTERPRETERS} interpreters in a channel")
    ChannelInterpreter.objects.filter(pk__in=gone).delete()


@transaction.atomic
def remove(
    *, room_id: str, person_ref: PersonRef, by_ref: PersonRef | None, by: int | None, now: datetime
) -> None:
    """Takes somebody's place in their channel. Raises Refused: not_now when they have none."""
    _lock(room_id)
    own = _place(room_id, person_ref)
    if own is None:
        raise Refused("not_now", "no channel")
    _give_up(own, by_ref, by, now)


def drop(*, room_id: str, person_ref: PersonRef, by: int | None, now: datetime) -> bool:
    """After the loss of the role or of the place on stage. False when they have no channel."""
    if _place(room_id, person_ref) is None:
        return False
    try:
        remove(room_id=room_id, person_ref=person_ref, by_ref=None, by=by, now=now)
    except Refused:  # they have left it themselves meanwhile
        return False
    return True


@transaction.atomic
def offer(*, room_id: str, person_ref: PersonRef, to: PersonRef | None, by: int, now: datetime) -> None:
    """Asks another interpreter of the channel to take over, or nobody any more. Raises Refused: not_now, not_found."""
    _lock(room_id)
    own = _place(room_id, person_ref)
    if own is None or not own.is_on_air:
        raise Refused("not_now", "not on air")
    other = _place(room_id, to) if to is not None else None
    if to is not None and (other is None or other.channel_id != own.channel_id or other.pk == own.pk):
        raise Refused("not_found", "not an interpreter of this channel")
    own.channel.interpreters.update(is_offered=False)
    if other is not None:
        other.is_offered = True
        other.save(update_fields=["is_offered"])
    _tell(own.channel, person_ref, by, now)


@transaction.atomic
def accept(*, room_id: str, person_ref: PersonRef, by: int, now: datetime) -> None:
    """Who was asked is on air, who asked is not: one event, by which every client switches. Raises Refused: not_now."""
    _lock(room_id)
    own = _place(room_id, person_ref)
    if own is None or not own.is_offered:
        raise Refused("not_now", "nobody has asked")
    own.channel.interpreters.update(is_on_air=False, is_offered=False)
    own.is_on_air, own.is_offered = True, False
    own.save(update_fields=["is_on_air", "is_offered"])
    _tell(own.channel, person_ref, by, now)


def _give_up(own: ChannelInterpreter, by_ref: PersonRef | None, by: int | None, now: datetime) -> None:
    channel = own.channel
    if own.is_on_air:
        channel.interpreters.update(is_offered=False)
    own.delete()
    _tell(channel, by_ref, by, now)


# ---- what they share -------------------------------------------------------------------------------------


def _lock(room_id: str) -> None:
    Room.objects.select_for_update().get(pk=room_id)  # one after the other, as the journal writes


def _channel(room_id: str, meeting: str, language: str) -> InterpretationChannel:
    found = InterpretationChannel.objects.filter(room=room_id, meeting=meeting, language=language).first()
    if found is None:
        raise Refused("not_found", "this channel is not open")
    return found


def _place(room_id: str, person_ref: PersonRef) -> ChannelInterpreter | None:
    rows = ChannelInterpreter.objects.filter(
        channel__room=room_id, participant=participant_pk(person_ref.id) or 0
    )
    return rows.select_related("channel").first()


def _tell(channel: InterpretationChannel, by_ref: PersonRef | None, by: int | None, now: datetime) -> None:
    fresh = InterpretationChannel.objects.prefetch_related("interpreters__participant").get(pk=channel.pk)
    event = InterpretationChanged(
        meeting=channel.meeting, channel=info_of(fresh), by=by_ref, at=journal.protocol_time(now)
    )
    _write(channel.room_id, event, by, now)


def _write(room_id: str, event: Event, by: int | None, now: datetime) -> None:
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, by)], now=now)
