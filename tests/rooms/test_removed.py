"""Who was denied or removed stays out: by a new name, link, browser, registration or form of the address."""

import pytest
from django.test import Client
from django.urls import reverse

from meetings import access
from meetings.models import Registration
from rooms import admission
from rooms.models import Participant
from rooms.refusals import UnableToJoin
from tests import factories
from tests.rooms.test_admission import join as join_now
from tests.rooms.test_admission import seat as seat_in

pytestmark = pytest.mark.django_db


def removed(here: Registration) -> Registration:
    join_now(here)
    Participant.objects.filter(person=here.person).update(admission="removed")
    return here


@pytest.mark.parametrize(
    ("removed_address", "own", "is_out"),
    [
        ("guest@example.org", "guest+again@example.org", True),
        ("guest+one@example.org", "Guest@example.org", True),
        ("a.guest@gmail.com", "aguest+2@googlemail.com", True),
        ("a.guest@example.org", "aguest@example.org", False),
        ("guest@example.org", "guest@example.com", False),
    ],
)
def test_another_form_of_the_address_of_somebody_removed_does_not_let_in(
    removed_address: str, own: str, is_out: bool
) -> None:
    here = seat_in()
    here.person.email = removed_address
    here.person.save()
    removed(here)
    other = factories.registration(
        meeting=here.meeting, person=factories.person(email=own.lower()), name="New"
    )
    if is_out:
        with pytest.raises(UnableToJoin, match="removed"):
            join_now(other, "c2")
        assert not Participant.objects.filter(person=other.person).exists()
        participant = Participant.objects.get(person=here.person)
        assert admission.readmit(room_id=here.meeting.room_id, participant=participant.pk)
    assert join_now(other, "c3").is_admitted


def test_a_new_registration_of_the_same_person_under_a_new_name_does_not_let_in() -> None:
    here = removed(seat_in())
    Registration.objects.filter(pk=here.pk).update(state=Registration.State.CANCELLED)
    again = factories.registration(meeting=here.meeting, person=here.person, name="Somebody else")
    for person in (None, here.person):  # by the new personal link in a new browser, and signed in
        client = Client()
        if person is not None:
            client.force_login(person)
        session = client.session
        session[access.SESSION_REGISTRATIONS] = [again.pk]
        session.save()
        answer = client.post(reverse("room_ticket", args=[here.meeting.room_id]), {"name": "Third name"})
        assert (answer.status_code, answer.json()["removed"]) == (403, True)
    with pytest.raises(UnableToJoin, match="removed"):
        join_now(again, "c2")


def test_the_ticket_is_refused_to_another_form_of_the_address() -> None:
    here = seat_in()
    here.person.email = "guest@example.org"
    here.person.save()
    removed(here)
    alias = factories.registration(meeting=here.meeting, person=factories.person(email="guest+2@example.org"))
    client = Client()
    session = client.session
    session[access.SESSION_REGISTRATIONS] = [alias.pk]
    session.save()
    answer = client.post(reverse("room_ticket", args=[here.meeting.room_id]))
    assert (answer.status_code, answer.json()["removed"]) == (403, True)
    Participant.objects.update(admission="waiting")
    assert client.post(reverse("room_ticket", args=[here.meeting.room_id])).status_code == 200


def test_whom_a_host_denied_or_removed_elsewhere_comes_in_here() -> None:
    removed(seat_in())
    here = seat_in()
    other = factories.registration(meeting=here.meeting, person=Participant.objects.get().person)
    assert join_now(other, "c2").is_admitted
