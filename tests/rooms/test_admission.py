"""Admission and presences."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from companies.ids import new_id
from meetings.access import Level
from meetings.models import Meeting, MeetingRole, Registration
from meetings.room_policy import Credential
from rooms import admission, presence_records, stage
from rooms.admission import Admission, JoinRequest
from rooms.messages import PersonRef
from rooms.models import Participant, Presence, RoomEvent
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
    with django_assert_max_num_queries(12):
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


@pytest.mark.parametrize("state", ["pending", "waitlisted", "cancelled"])
def test_nobody_joins_without_a_confirmed_registration(state: str) -> None:
    here = seat()
    Registration.objects.update(state=state)
    with pytest.raises(UnableToJoin, match="no_seat"):
        join(here)
    assert not Presence.objects.exists()


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
    assert presence_records.keep_alive(process="a", connections=["just come"], now=later) == 1
    assert Presence.objects.get(connection="ended").left_at == later
    assert Presence.objects.get(connection="just come").left_at is None


def test_leaving_twice_keeps_the_first_time() -> None:
    here = seat()
    join(here, "c1")
    assert presence_records.leave(connections=["c1"], now=NOW + timedelta(minutes=1)) == 1
    assert presence_records.leave(connections=["c1"], now=NOW + timedelta(minutes=9)) == 0
    assert Presence.objects.get().left_at == NOW + timedelta(minutes=1)


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
