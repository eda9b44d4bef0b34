"""The invited person's side: the link in the email, the page with its two buttons, and what they see then."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from companies.models import Person
from meetings import inviting
from meetings.links import invitation_link
from meetings.models import Invitation, Meeting, Registration
from tests import factories
from tests.factories import NOW, STARTS_AT

pytestmark = pytest.mark.django_db
State = Invitation.State


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def invitation() -> Invitation:
    return factories.invitation(
        meeting=factories.meeting(visibility=Meeting.Visibility.INVITED, title={"en": "Behind closed doors"})
    )


def came_by(invitation: Invitation) -> Client:
    client = Client()
    assert client.get(invitation_link(invitation)).status_code == 302
    return client


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def answer(client: Client, invitation: Invitation, page: str, **fields: str) -> HttpResponse:
    return client.post(reverse(page, args=[invitation.pk]), fields, follow=True)


def state_of(invitation: Invitation) -> str:
    return Invitation.objects.get(pk=invitation.pk).state


def test_opening_the_link_changes_nothing_and_leads_to_the_two_buttons(invitation: Invitation) -> None:
    response = Client().get(invitation_link(invitation), follow=True)
    text = response.content.decode()
    assert response.redirect_chain == [(reverse("invitation", args=[invitation.pk]), 302)]
    for button in ("accept_invitation", "decline_invitation"):
        address = reverse(button, args=[invitation.pk])
        assert f'method="post" action="{address}"' in text
        assert Client().get(address).status_code == 405
    assert state_of(invitation) == State.INVITED
    assert not Registration.objects.exists()


def test_who_accepts_by_the_link_is_registered_and_known_in_this_browser(invitation: Invitation) -> None:
    client = came_by(invitation)
    response = answer(client, invitation, "accept_invitation")
    registration = Registration.objects.get()
    assert response.redirect_chain[-1][0] == reverse("registration", args=[registration.pk])
    assert (registration.person, registration.state) == (invitation.person, "confirmed")
    assert client.get(reverse("invitation", args=[invitation.pk]))["Location"] == reverse(
        "registration", args=[registration.pk]
    )


def test_after_accepting_the_link_leads_to_the_registration_and_into_the_room(invitation: Invitation) -> None:
    answer(came_by(invitation), invitation, "accept_invitation")
    link = invitation_link(invitation)
    assert Client().get(link)["Location"] == reverse("registration", args=[Registration.objects.get().pk])
    with time_machine.travel(STARTS_AT - timedelta(minutes=5)):
        other = Client()
        opened = other.get(link)
        assert opened["Location"] == reverse("room", args=[invitation.meeting.room_id])
        assert other.get(opened["Location"]).status_code == 200


def test_declining_takes_the_meeting_out_of_sight_and_can_be_changed(invitation: Invitation) -> None:
    meeting, client = invitation.meeting, came_by(invitation)
    assert client.get(meeting.get_absolute_url()).status_code == 200
    assert "Behind closed doors" in client.get(reverse("schedule")).text
    page = answer(client, invitation, "decline_invitation")
    assert "You have declined" in page.content.decode()
    assert client.get(meeting.get_absolute_url()).status_code == 404
    assert "Behind closed doors" not in client.get(reverse("schedule")).text
    answer(client, invitation, "accept_invitation")
    assert state_of(invitation) == State.ACCEPTED
    assert client.get(meeting.get_absolute_url()).status_code == 200


def test_a_signed_in_person_finds_the_invitation_among_their_meetings(invitation: Invitation) -> None:
    client = signed_in(invitation.person)
    address = reverse("invitation", args=[invitation.pk])
    for page in (reverse("my_meetings"), reverse("schedule"), invitation.meeting.get_absolute_url()):
        assert address in client.get(page).text, page
    room = client.get(reverse("room", args=[invitation.meeting.room_id]))
    assert (room.status_code, address in room.text) == (403, True)
    answer(client, invitation, "accept_invitation")
    assert address not in client.get(reverse("my_meetings")).text
    assert client.get(address)["Location"] == reverse("registration", args=[Registration.objects.get().pk])


@pytest.mark.parametrize("who", ["anonymous", "stranger", "host"])
def test_an_invitation_is_for_its_person_alone(invitation: Invitation, who: str) -> None:
    people = {"stranger": factories.member(), "host": invitation.meeting.host}
    client = signed_in(people[who]) if who in people else Client()
    for name in ("accept_invitation", "decline_invitation"):
        assert client.post(reverse(name, args=[invitation.pk])).status_code == 404
    assert client.get(reverse("invitation", args=[invitation.pk])).status_code == 404
    assert state_of(invitation) == State.INVITED


def test_a_withdrawn_invitation_shows_nothing(invitation: Invitation) -> None:
    client = came_by(invitation)
    inviting.withdraw_invitation(invitation=invitation, now=NOW)
    assert client.get(reverse("invitation", args=[invitation.pk])).status_code == 404
    assert client.get(invitation.meeting.get_absolute_url()).status_code == 404
    assert Client().get(invitation_link(invitation)).status_code == 404


def test_who_has_no_name_yet_is_asked_for_it(invitation: Invitation) -> None:
    Person.objects.filter(pk=invitation.person_id).update(name="")
    Invitation.objects.filter(pk=invitation.pk).update(name="")
    client = came_by(invitation)
    refused = answer(client, invitation, "accept_invitation", name="  ")
    assert (refused.status_code, "This field is required." in refused.content.decode()) == (422, True)
    assert state_of(invitation) == State.INVITED
    answer(client, invitation, "accept_invitation", name="Rasa Petrauskienė")
    assert Registration.objects.get().name == "Rasa Petrauskienė"


def test_who_is_of_no_listed_company_says_the_company_and_its_country(invitation: Invitation) -> None:
    """The funder counts companies by country, also of those who were invited."""
    Invitation.objects.filter(pk=invitation.pk).update(language="lt", timezone="Europe/Vilnius")
    client = came_by(invitation)
    page = client.get(reverse("invitation", args=[invitation.pk])).text
    assert '<option value="LT" selected>' in page
    refused = answer(client, invitation, "accept_invitation", company="Port of Gdynia", country="??")
    assert (refused.status_code, state_of(invitation)) == (422, State.INVITED)
    assert "Port of Gdynia" in refused.text
    answer(client, invitation, "accept_invitation", company="Port of Gdynia", country="PL")
    registered = Registration.objects.get()
    assert (registered.company_name, registered.country) == ("Port of Gdynia", "PL")
    assert Invitation.objects.get(pk=invitation.pk).company_name == "Port of Gdynia"


def test_who_says_a_listed_company_counts_for_its_country(invitation: Invitation) -> None:
    listed = factories.company(country="DK")
    answer(came_by(invitation), invitation, "accept_invitation", company=listed.name.upper(), country="")
    assert Registration.objects.count() == 0
    Invitation.objects.filter(pk=invitation.pk).update(language="sv")
    answer(came_by(invitation), invitation, "accept_invitation", company=listed.name.upper(), country="SE")
    registered = Registration.objects.get()
    assert (registered.company_name, registered.country) == (listed.name, "DK")


def test_what_is_known_of_the_company_is_not_asked(invitation: Invitation) -> None:
    client = came_by(invitation)
    address = reverse("invitation", args=[invitation.pk])
    Invitation.objects.filter(pk=invitation.pk).update(company_name="Port of Gdynia")
    page = client.get(address).text
    assert ('name="company"' in page, 'name="country"' in page) == (False, True)
    Invitation.objects.filter(pk=invitation.pk).update(company=factories.company())
    page = client.get(address).text
    assert ('name="company"' in page, 'name="country"' in page) == (False, False)


def test_a_full_meeting_says_so_before_the_answer(invitation: Invitation) -> None:
    Meeting.objects.filter(pk=invitation.meeting_id).update(capacity=1)
    factories.registration(meeting=invitation.meeting)
    client = came_by(invitation)
    assert "Accept and join the waitlist" in client.get(reverse("invitation", args=[invitation.pk])).text
    page = answer(client, invitation, "accept_invitation")
    assert "You’re number 1 on the waitlist" in page.content.decode()


@pytest.mark.parametrize(
    ("fields", "heading"),
    [
        ({"state": "cancelled", "cancelled_at": NOW}, "This meeting is cancelled"),
        ({"state": "ended", "started_at": NOW, "ended_at": NOW}, "This meeting is over"),
    ],
)
def test_when_it_does_not_take_place_the_page_says_so(
    invitation: Invitation, fields: dict[str, object], heading: str
) -> None:
    client = came_by(invitation)
    Meeting.objects.filter(pk=invitation.meeting_id).update(**fields)
    page = client.get(reverse("invitation", args=[invitation.pk])).text
    assert heading in page
    assert reverse("accept_invitation", args=[invitation.pk]) not in page
    refused = answer(client, invitation, "accept_invitation")
    assert refused.status_code == 200
    assert state_of(invitation) == State.INVITED


def test_two_visitors_do_not_share_the_button_of_a_card(invitation: Invitation) -> None:
    other = factories.invitation(meeting=invitation.meeting)
    for one in (invitation, other):
        page = signed_in(one.person).get(reverse("schedule")).text
        assert reverse("invitation", args=[one.pk]) in page


def test_who_is_invited_to_dates_of_a_series_reads_which_in_their_own_time(invitation: Invitation) -> None:
    first = invitation.meeting
    assert "Dates you’re invited to" not in came_by(invitation).get(page_of(invitation)).text
    series = factories.series()
    Meeting.objects.filter(pk=first.pk).update(series=series, series_position=1)
    assert "You’re invited to this date only." in came_by(invitation).get(page_of(invitation)).text
    for week in range(1, 15):
        at = first.starts_at + timedelta(weeks=week)
        meeting = factories.meeting(series=series, series_position=week + 1, starts_at=at)
        if week == 2:
            factories.invitation(meeting=meeting)  # somebody else
        else:
            factories.invitation(
                meeting=meeting, person=invitation.person, state=State.DECLINED, answered_at=NOW
            )
    client = came_by(invitation)
    client.cookies["timezone"] = "Europe/Vilnius"
    page = client.get(page_of(invitation)).text
    assert "<strong>Thursday 14 January 2027, 11:00–12:00</strong>" in page
    assert "Thursday 21 January 2027, 11:00–12:00" in page
    assert "Thursday 28 January 2027" not in page
    assert page.count("Declined</span>") == 11
    assert "And 2 later dates." in page


def page_of(invitation: Invitation) -> str:
    return reverse("invitation", args=[invitation.pk])
