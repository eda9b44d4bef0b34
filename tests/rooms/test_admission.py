"""Admission and presences."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from api.models import ApiToken
from companies.ids import new_id
from companies.models import Person
from meetings.access import Level
from meetings.models import Meeting, MeetingRole, Registration
from meetings.room_policy import Credential
from rooms import admission, presence_records, stage, tasks
from rooms.admission import Admission, JoinRequest
from rooms.messages import PersonRef
from rooms.models import Participant, Presence, Room, RoomEvent
from rooms.models.room import UsedTicket
from rooms.refusals import UnableToJoin
from rooms.tickets import Ticket
from tests import factories

pytestmark = pytest.mark.django_db
NOW = factories.NOW


ROLES = {Level.SPEAK: MeetingRole.Role.SPEAKER, Level.HOST: MeetingRole.Role.CO_HOST}


def join_request(seat: Registration, connection: str = "c1", process: str = "a") -> JoinRequest:
    return JoinRequest(
        id=connection,
        process=process,
        ticket=Ticket(
            id=new_id(),
            room=seat.meeting.room_id,
            person=seat.person_id,
            credential=Credential(registration=seat.pk).encode(),
            name=seat.name,
            company="",
            signed_in=True,
        ),
    )


def join(
    seat: Registration,
    connection: str = "c1",
    *,
    process: str = "a",
    now: datetime = NOW,
    level: Level = Level.ENTER,
) -> Admission:
    if level in ROLES:
        MeetingRole.objects.get_or_create(
            meeting=seat.meeting, person=seat.person, defaults={"role": ROLES[level]}
        )
    joined = admission.join_many(requests=[join_request(seat, connection, process)], now=now)[0]
    if isinstance(joined, UnableToJoin):
        raise joined
    return joined


def seat(**fields: Any) -> Registration:
    return factories.registration(meeting=factories.meeting(**{"state": Meeting.State.LIVE, **fields}))


def test_one_participant_per_person_and_one_presence_per_connection() -> None:
    here = seat()
    first, second = join(here, "c1"), join(here, "c2")
    assert first.participant_id == second.participant_id
    assert Presence.objects.present().count() == 2
    presence_records.leave(connections=["c1"], now=NOW + timedelta(minutes=5))
    assert [presence.connection for presence in Presence.objects.present()] == ["c2"]


def test_many_connections_join_with_the_queries_of_one(django_assert_max_num_queries: Any) -> None:
    meeting = factories.meeting(state=Meeting.State.LIVE)
    seats = [factories.registration(meeting=meeting) for _ in range(30)]
    requests = [join_request(each, f"c{number}") for number, each in enumerate(seats)]
    with django_assert_max_num_queries(13):
        outcomes = admission.join_many(requests=requests, now=NOW)
    assert len({joined.participant_id for joined in outcomes if isinstance(joined, Admission)}) == 30


@pytest.mark.parametrize(
    ("level", "fields", "is_admitted"),
    [
        (Level.ENTER, {"state": "live"}, True),
        (Level.ENTER, {"state": "live", "lobby": True}, False),
        (Level.ENTER, {"state": "scheduled"}, False),
        (Level.ENTER, {"state": "scheduled", "kind": "project_meeting"}, True),
        (Level.ENTER, {"state": "ended"}, True),
        (Level.SPEAK, {"state": "scheduled", "lobby": True}, True),
        (Level.HOST, {"state": "live", "lobby": True}, True),
    ],
)
def test_who_waits(level: Level, fields: dict[str, Any], is_admitted: bool) -> None:
    assert join(seat(**fields), level=level).is_admitted is is_admitted


def test_an_attendee_who_waited_for_the_start_is_admitted_after_it() -> None:
    here = seat(state=Meeting.State.SCHEDULED)
    assert join(here, "c1").is_admitted is False
    Meeting.objects.update(state=Meeting.State.LIVE, started_at=NOW)
    assert join(here, "c2").is_admitted is True


def test_nobody_in_the_waiting_room_is_present() -> None:
    here = seat(lobby=True)
    join(here, "c1")
    assert not Presence.objects.exists()
    connected = admission.connection_ref_of(join_request(here))
    for _twice in range(2):
        presence_records.begin(connections=[connected], now=NOW + timedelta(minutes=3))
    presence = Presence.objects.get()
    assert (presence.connection, presence.joined_at) == ("c1", NOW + timedelta(minutes=3))


def test_a_role_given_in_the_waiting_room_brings_the_person_on_stage() -> None:
    here = seat(lobby=True)
    joined = join(here)
    person_ref = PersonRef(id=admission.public_id(joined.participant_id), name="A")
    given: dict[str, Any] = {
        "room_id": here.meeting.room_id,
        "person_ref": person_ref,
        "by": here.person_id,
        "now": NOW,
    }
    assert stage.follow_role(has_a_role=True, **given) is True
    assert stage.follow_role(has_a_role=True, **given) is False
    participant = Participant.objects.get()
    assert (participant.admission, participant.on_stage) == ("admitted", True)
    assert stage.follow_role(has_a_role=False, **given) is True
    assert [event.ev for event in RoomEvent.objects.all()] == ["stage.joined", "stage.left"]


@pytest.mark.parametrize("admission", ["denied", "removed"])
def test_nobody_denied_or_removed_can_join_again(admission: str) -> None:
    here = seat()
    join(here, "c1")
    Participant.objects.update(admission=admission)
    with pytest.raises(UnableToJoin, match="removed"):
        join(here, "c2")


@pytest.mark.parametrize("has_been_here", [False, True])
@pytest.mark.parametrize("state", ["pending", "waitlisted", "cancelled"])
def test_nobody_joins_without_a_confirmed_registration(state: str, has_been_here: bool) -> None:
    here = seat()
    if has_been_here:
        join(here, "before")
        presence_records.leave(connections=["before"], now=NOW)
    Registration.objects.update(state=state)
    with pytest.raises(UnableToJoin, match="no_seat"):
        join(here)
    assert not Presence.objects.present().exists()


@pytest.mark.parametrize("level", [Level.ENTER, Level.SPEAK, Level.HOST])
def test_whose_account_was_closed_does_not_come_back(level: Level) -> None:
    here = seat()
    join(here, "before", level=level)
    presence_records.leave(connections=["before"], now=NOW)
    Person.objects.filter(pk=here.person_id).update(is_active=False)
    with pytest.raises(UnableToJoin, match="no_seat"):
        join(here, level=level)
    assert not Presence.objects.present().exists()


# ---- tickets, sign-ins and keys ------------------------------------------------------------------------------


def outcomes_of(*requests: JoinRequest) -> list[str]:
    """What becomes of each: "in", or why not."""
    outcomes = admission.join_many(requests=requests, now=NOW)
    return [joined.code if isinstance(joined, UnableToJoin) else "in" for joined in outcomes]


def with_ticket(request: JoinRequest, **fields: Any) -> JoinRequest:
    return replace(request, ticket=replace(request.ticket, **fields))


def test_a_ticket_opens_one_connection_whenever_the_others_come() -> None:
    here = join_request(seat())
    assert outcomes_of(here, replace(here, id="together")) == ["in", "used"]
    assert outcomes_of(replace(here, id="later")) == ["used"]
    assert outcomes_of(with_ticket(replace(here, id="another ticket"), id=new_id())) == ["in"]
    assert sorted(each.connection for each in Presence.objects.all()) == ["another ticket", "c1"]


def test_a_ticket_that_opened_nothing_is_used_all_the_same() -> None:
    here = join_request(seat(kind=Meeting.Kind.PROJECT_MEETING))
    Registration.objects.update(state="pending")
    assert outcomes_of(here) == ["no_seat"]
    Registration.objects.update(state="confirmed")
    assert outcomes_of(here) == ["used"]
    assert not Participant.objects.exists()


def test_what_ended_since_the_ticket_was_issued_opens_nothing() -> None:
    here = join_request(seat())
    keys = [
        ApiToken.objects.create(
            person_id=here.ticket.person, key_hash=name, scopes=[], created_at=NOW, revoked_at=revoked_at
        ).pk
        for name, revoked_at in (("valid", None), ("revoked", NOW))
    ]
    with_keys = [with_ticket(replace(here, id=f"key {key}"), id=new_id(), api_token=key) for key in keys]
    signed_out = with_ticket(replace(here, id="signed out"), id=new_id(), session=987654)
    assert outcomes_of(*with_keys, signed_out) == ["in", "no_seat", "no_seat"]
    assert Presence.objects.get().connection == f"key {keys[0]}"


# ---- what hosts decide ---------------------------------------------------------------------------------------


def participant(room: Room, admission: str, **fields: Any) -> int:
    given = {"name": "A", "first_seen_at": NOW, "admission": admission, **fields}
    return Participant.objects.create(room=room, person=factories.person(), **given).pk


def test_who_waits_is_let_in_and_nobody_who_was_turned_away() -> None:
    room = factories.room()
    waiting, second, denied, removed = (
        participant(room, state) for state in ("waiting", "waiting", "denied", "removed")
    )
    elsewhere = participant(factories.room(), "waiting")
    assert admission.admit(room_id=room.pk, participants=[waiting, denied, removed, elsewhere]) == [waiting]
    assert admission.admit(room_id=room.pk, participants=None) == [second]
    states = Participant.objects.in_bulk()
    assert [states[pk].admission for pk in (waiting, second, denied, removed, elsewhere)] == [
        *("admitted", "admitted", "denied", "removed", "waiting")
    ]


@pytest.mark.parametrize(("before", "outcome"), [("waiting", "denied"), ("admitted", "removed")])
def test_who_waits_is_denied_and_who_is_in_is_removed_by_the_hosts_of_that_room(
    before: str, outcome: str
) -> None:
    room, decided = factories.room(), Participant.AdmissionStatus(outcome)
    here = participant(room, before, on_stage=True, hand_raised_at=NOW)
    for state in {"waiting", "admitted", "denied", "removed"} - {before}:
        other = participant(room, state)
        assert admission.turn_away(room_id=room.pk, participant=other, admission=decided) is None
        assert Participant.objects.get(pk=other).admission == state
    elsewhere = factories.room()
    assert admission.turn_away(room_id=elsewhere.pk, participant=here, admission=decided) is None
    gone = admission.turn_away(room_id=room.pk, participant=here, admission=decided)
    assert gone is not None
    assert (gone.admission, gone.on_stage, gone.hand_raised_at) == (outcome, False, None)


def test_who_waits_is_on_no_stage() -> None:
    joined = join(seat(kind=Meeting.Kind.PROJECT_MEETING, lobby=True))
    assert (joined.is_admitted, joined.on_stage) == (False, False)
    Participant.objects.update(admission="admitted")
    assert join(Registration.objects.get(), "c2").on_stage is True


# ---- presences -----------------------------------------------------------------------------------------------


def test_a_presence_that_is_not_renewed_ends_when_it_was_last_seen() -> None:
    here = seat()
    join(here, "lost")
    join(here, "alive", process="b")
    later = NOW + timedelta(seconds=40)
    presence_records.keep_alive(process="b", connections=["alive"], now=later)
    assert presence_records.close_lost(now=later) == 1
    lost = Presence.objects.get(connection="lost")
    assert lost.left_at == NOW
    assert Presence.objects.get(connection="alive").left_at is None


def test_a_presence_closed_too_early_is_reopened() -> None:
    here = seat()
    join(here, "paused")
    later = NOW + timedelta(seconds=60)
    presence_records.close_lost(now=later)
    assert presence_records.keep_alive(process="a", connections=["paused"], now=later) == 1
    assert Presence.objects.get().left_at is None


def test_a_presence_whose_end_could_not_be_written_is_ended_later() -> None:
    here = seat()
    join(here, "ended")
    later = NOW + timedelta(minutes=5)
    join(here, "just come", now=later)
    join(here, "on the way in", now=later - timedelta(seconds=29))  # not among the open ones yet
    assert presence_records.keep_alive(process="a", connections=["just come"], now=later) == 2
    assert Presence.objects.get(connection="ended").left_at == later
    for connection in ("just come", "on the way in"):
        assert Presence.objects.get(connection=connection).left_at is None
    # It has ended, though nobody has seen it since.
    assert presence_records.close_lost(now=later) == 0
    assert Presence.objects.get(connection="ended").left_at == later


def test_leaving_twice_keeps_the_first_time() -> None:
    here = seat()
    join(here, "c1")
    assert presence_records.leave(connections=["c1"], now=NOW + timedelta(minutes=1)) == 1
    assert presence_records.leave(connections=["c1"], now=NOW + timedelta(minutes=9)) == 0
    assert Presence.objects.get().left_at == NOW + timedelta(minutes=1)


def test_the_tick_ends_what_a_dead_process_left_and_forgets_expired_tickets() -> None:
    now = timezone.now()
    here = seat(starts_at=now)
    join(here, "c1", now=now - presence_records.SILENT_FOR - timedelta(seconds=1))
    join(here, "c2", now=now)
    UsedTicket.objects.update(used_at=now)
    old = UsedTicket.objects.create(id="old", used_at=now - admission.TICKETS_KEPT - timedelta(seconds=1))
    tasks.close_lost_presences()
    assert [presence.connection for presence in Presence.objects.present()] == ["c2"]
    assert not UsedTicket.objects.filter(pk=old.pk).exists()
    assert UsedTicket.objects.count() == 2


def test_a_clock_set_back_does_not_end_a_presence_before_its_beginning() -> None:
    join(seat())
    presence_records.leave(connections=["c1"], now=NOW - timedelta(seconds=5))
    presence = Presence.objects.get()
    assert presence.left_at == presence.joined_at == NOW


def test_a_speaker_who_stepped_down_is_on_the_stage_again_next_time() -> None:
    here = seat()
    join(here, "c1", level=Level.SPEAK)
    Participant.objects.update(on_stage=False)
    assert join(here, "c2", level=Level.SPEAK).on_stage is False
    presence_records.leave(connections=["c1", "c2"], now=NOW + timedelta(minutes=1))
    assert join(here, "c3", level=Level.SPEAK).on_stage is True


@pytest.mark.parametrize("person", ["", "p", "p-1", "1", "pp1", "p" + "9" * 30, "p١"])
def test_a_public_id_that_means_nobody(person: str) -> None:
    assert admission.participant_pk(person) is None
