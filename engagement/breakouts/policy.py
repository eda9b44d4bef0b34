"""The rooms' policy for breakout rooms: it asks that of the main room, and lets people into their own group."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.utils import translation

from companies.languages import LanguageText, codes, in_language
from engagement.breakouts import reading
from engagement.breakouts.models import BreakoutAssignment, BreakoutGroup, BreakoutRound
from rooms import policy
from rooms.admission import TURNED_AWAY
from rooms.models import Participant, Room
from rooms.policy import (
    Access,
    CredentialHolder,
    Entry,
    Introduction,
    Level,
    NoSuchRoom,
    Requester,
    RoomDescription,
    policy_for,
)


class BreakoutPolicy:
    """Hosts of the main room may enter every group, others their own, while the breakout rooms are open."""

    def entry_for(self, requester: Requester, room: Room) -> Entry:
        """Who may not enter does not see it."""
        group = reading.open_group(room.pk)
        if group is None:
            raise NoSuchRoom
        try:
            entry = policy.entry_for(requester, _parent_of(room).pk)
        except PermissionDenied as problem:
            raise NoSuchRoom from problem
        if not _may_enter(entry.level, _participants(group, [entry.person.pk]).get(entry.person.pk)):
            raise NoSuchRoom
        return replace(entry, room=room)

    def current_access(self, room_id: str, holders: Sequence[CredentialHolder]) -> dict[str, Access]:
        group = reading.open_group(room_id)
        if group is None:
            return {}
        parent = _parent_of(group.room)
        access = policy_for(parent).current_access(parent.pk, holders)
        participants = _participants(group, {holder.person for holder in holders})
        return {
            holder.connection: access[holder.connection]
            for holder in holders
            if holder.connection in access
            and _may_enter(access[holder.connection].level, participants.get(holder.person))
        }

    def describe(self, room: Room) -> RoomDescription:
        """In a group everybody speaks, also in that of a webinar."""
        parent = _parent_of(room)
        described = policy_for(parent).describe(parent)
        group = reading.open_group(room.pk)
        return RoomDescription(
            title=_group_names(room, described.title),
            state="live" if group is not None else "ended",
            meeting=described.meeting,
            ends_at=group.round.ends_at if group is not None else None,
            started_at=group.round.opened_at if group is not None else None,
        )

    def introduction(self, room: Room) -> Introduction:
        return policy_for(_parent_of(room)).introduction(_parent_of(room))

    def titles(self, room_ids: Collection[str]) -> dict[str, LanguageText]:
        """That of the main room, with the group's name."""
        rooms = list(Room.objects.filter(pk__in=room_ids).select_related("parent"))
        titles = policy.titles({_parent_of(room) for room in rooms})
        return {room.pk: _titled(room, titles.get(_parent_of(room).pk, {})) for room in rooms}

    def is_member(self, _person: int, _room_id: str) -> bool:
        return False

    def roles(self, room_id: str) -> dict[int, str]:
        parent = _parent_by_id(room_id)
        return policy_for(parent).roles(parent.pk)

    def countries(self, room_id: str, people: Collection[int]) -> dict[int, str]:
        parent = _parent_by_id(room_id)
        return policy_for(parent).countries(parent.pk, people)

    def open_rooms(self, room_ids: Collection[str]) -> set[str]:
        groups = BreakoutGroup.objects.filter(room__in=room_ids, round__state=BreakoutRound.State.OPEN)
        return set(groups.order_by().values_list("room", flat=True))

    def ticket_requested(self, entry: Entry, now: datetime) -> None:
        parent = _parent_of(entry.room)
        policy_for(parent).ticket_requested(replace(entry, room=parent), now)

    def appoint(self, room_id: str, *, person: int, role: str, by: int, now: datetime) -> None:
        """Roles are given in the main room."""
        raise PermissionDenied

    def set_waiting_room(self, room_id: str, *, on: bool, by: int, now: datetime) -> None:
        """Only the main room has one."""
        raise PermissionDenied


def _group_names(room: Room, title: LanguageText) -> LanguageText:
    """A given name in the languages of the main room's title, a number in every language."""
    if room.label:
        return dict.fromkeys(title or {settings.LANGUAGE_CODE: ""}, room.label)
    return {code: _in(code, room) for code in codes()}


def _titled(room: Room, title: LanguageText) -> LanguageText:
    names = _group_names(room, title)
    return {code: f"{in_language(title, code).text} – {name}" for code, name in names.items()}


def _in(code: str, room: Room) -> str:
    with translation.override(code):
        return room.group_name


def _parent_of(room: Room) -> Room:
    if room.parent is None:  # the database refuses it
        raise NoSuchRoom
    return room.parent


def _parent_by_id(room_id: str) -> Room:
    return _parent_of(Room.objects.select_related("parent").get(pk=room_id))


def _participants(group: BreakoutGroup, people: Collection[int]) -> dict[int, tuple[str, bool]]:
    """By person, of those who have been in the main room: their admission there, and whether the group is theirs."""
    own = BreakoutAssignment.objects.filter(participant=OuterRef("pk"), group=group)
    rows = Participant.objects.filter(room=group.round.room_id, person__in=people)
    found = rows.annotate(is_own=Exists(own)).values_list("person", "admission", "is_own")
    return {person: (admission, is_own) for person, admission, is_own in found}


def _may_enter(level: Level, participant: tuple[str, bool] | None) -> bool:
    if participant is None:
        return level >= Level.HOST
    admission, is_own = participant
    if admission in TURNED_AWAY:
        return False
    return level >= Level.HOST or (is_own and admission == Participant.AdmissionStatus.ADMITTED)
