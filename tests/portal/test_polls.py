"""A host's pages of polls, the results on a meeting's page, the files, and the API."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from api.models import ApiToken
from companies.models import Person
from engagement.models import Poll, PollBallot, PollVoter
from engagement.polls import running, voting
from engagement.polls.voting import Ballot, Vote
from meetings import running as meeting_running
from meetings.models import Meeting
from rooms.models import RoomEvent
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting() -> Meeting:
    return factories.meeting(languages=["en", "sv"])


def host_of(meeting: Meeting) -> Client:
    client = Client()
    client.force_login(meeting.host)
    return client


FORM = {
    "kind": "single",
    "title": "Which source?",
    "options": "Harbour water\r\n\r\n Waste heat ",
    "results": "held",
    "is_anonymous": "on",
    "is_on_page": "on",
    "title_sv": "Vilken källa?",
    "options_sv": "Hamnvatten\nSpillvärme",
}


def voted(poll: Poll, *people: Person, choice: int = 1) -> None:
    voting.write_votes(
        [Vote(poll.pk, one.pk, Ballot((choice,)), poll.kind, 2, poll.is_anonymous) for one in people]
    )


def held(meeting: Meeting, *, share: bool = True, **fields: Any) -> Poll:
    """A poll in which two people voted, closed, in a meeting that has ended."""
    poll = factories.poll(meeting, **fields)
    running.open_poll(poll_id=poll.pk, room_id=poll.room_id, by=None, now=timezone.now())
    voted(poll, factories.person(name="Ona Balsė"), factories.person(name="Per Röst"))
    running.close_poll(poll_id=poll.pk, room_id=poll.room_id, by=None, now=timezone.now(), is_to_share=share)
    return Poll.objects.get(pk=poll.pk)


# ---- preparing -----------------------------------------------------------------------------------------------


def test_a_poll_is_prepared_changed_and_deleted(meeting: Meeting) -> None:
    host = host_of(meeting)
    assert host.post(reverse("new_poll", args=[meeting.pk]), FORM).status_code == 302
    poll = Poll.objects.get()
    assert (poll.title, poll.results, poll.is_anonymous, poll.is_on_page) == (
        "Which source?",
        "held",
        True,
        True,
    )
    assert [(one.text, one.translations) for one in poll.options.all()] == [
        ("Harbour water", {"sv": "Hamnvatten"}),
        ("Waste heat", {"sv": "Spillvärme"}),
    ]
    assert RoomEvent.objects.get().audience == {"people": [], "hosts": True}
    edit = reverse("edit_poll", args=[meeting.pk, poll.pk])
    assert "Spillvärme" in host.get(edit).content.decode()
    changed = {**FORM, "kind": "words", "options": "", "options_sv": ""}
    assert host.post(edit, changed).status_code == 302
    assert not poll.options.exists()
    page = host.get(reverse("polls", args=[meeting.pk])).content.decode()
    assert "Which source?" in page
    assert host.post(reverse("delete_poll", args=[meeting.pk, poll.pk])).status_code == 302
    assert not Poll.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"options": "only one", "options_sv": ""}, "options"),
        ({"options": "same\nSame"}, "options"),
        ({"options": "\n".join(map(str, range(11))), "options_sv": ""}, "options"),
        ({"options": "x" * 121 + "\ny"}, "options"),
        ({"options_sv": "Hamnvatten"}, "options_sv"),
        ({"kind": "quiz"}, "right"),
        ({"kind": "quiz", "right": "3"}, "right"),
        ({"kind": "multiple", "most_choices": "3"}, "most_choices"),
        ({"kind": "made-up"}, "kind"),
        ({"results": "hosts"}, "is_on_page"),
        ({"right": "x" * 500}, "right"),
    ],
)
def test_what_is_impossible_is_said_beside_its_field_and_what_was_typed_stays(
    meeting: Meeting, change: dict[str, str], field: str
) -> None:
    response = host_of(meeting).post(reverse("new_poll", args=[meeting.pk]), {**FORM, **change})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}
    assert "Vilken källa?" in response.content.decode()
    assert not Poll.objects.exists()


def test_an_opened_poll_is_not_changed_on_the_page_either(meeting: Meeting) -> None:
    poll, host = factories.poll(meeting, state="closed"), host_of(meeting)
    for name in ("edit_poll", "delete_poll"):
        host.post(reverse(name, args=[meeting.pk, poll.pk]), FORM)
    assert Poll.objects.get().title == "Which source?"


def test_a_poll_is_used_again_in_this_meeting_and_in_the_next_of_the_series() -> None:
    series = factories.series()
    first = factories.meeting(series=series, state=Meeting.State.LIVE)
    second = factories.meeting(series=series, host=first.host)
    poll, host = held(first, translations={"sv": "Vilken?"}), host_of(first)
    again = reverse("use_poll_again", args=[first.pk, poll.pk])
    assert host.post(again)["Location"] == reverse("polls", args=[first.pk])
    assert host.post(again, {"to": "next"})["Location"] == reverse("polls", args=[second.pk])
    copies = Poll.objects.filter(state="prepared").order_by("meeting")
    assert {(one.meeting, one.voters, one.translations["sv"]) for one in copies} == {
        (first.pk, 0, "Vilken?"),
        (second.pk, 0, "Vilken?"),
    }
    assert [option.votes for one in copies for option in one.options.all()] == [0, 0, 0, 0]
    assert host_of(second).post(reverse("use_poll_again", args=[second.pk, poll.pk])).status_code == 404


# ---- afterwards ----------------------------------------------------------------------------------------------


def test_the_end_of_a_meeting_closes_its_open_poll_in_the_same_transaction() -> None:
    live = factories.meeting(state=Meeting.State.LIVE, started_at=timezone.now())
    poll = factories.poll(live, state="open")
    meeting_running.end_meeting(meeting=live, now=timezone.now())
    poll.refresh_from_db()
    assert (poll.state, poll.is_shared) == ("closed", True)
    assert list(RoomEvent.objects.values_list("ev", flat=True)) == ["poll.closed", "meeting.ended"]


def test_the_meeting_page_shows_only_what_the_host_put_there() -> None:
    over = factories.meeting(state=Meeting.State.ENDED)
    shown = held(over, title="Shown", is_on_page=True, results="held", translations={"sv": "Visad"})
    held(over, title="Not put there")
    held(over, title="Not shared", is_on_page=True, results="held", share=False)
    page, host = reverse("meeting", args=[over.pk]), host_of(over)
    text = Client().get(page).content.decode()
    assert "Shown" in text
    assert "2 people voted" in text
    assert "Not put there" not in text
    assert "Not shared" not in text
    assert "Balsė" not in text
    assert "Visad" in Client(headers={"accept-language": "sv"}).get(page).content.decode()
    host.post(reverse("poll_on_page", args=[over.pk, shown.pk]), {"show": "no"})
    assert "2 people voted" not in Client().get(page).content.decode()


def test_a_running_meeting_shows_no_results_on_its_page() -> None:
    live = factories.meeting(state=Meeting.State.LIVE, started_at=timezone.now())
    held(live, is_on_page=True)
    assert "people voted" not in Client().get(reverse("meeting", args=[live.pk])).content.decode()


def test_files_name_people_only_where_the_poll_was_not_anonymous() -> None:
    over = factories.meeting(state=Meeting.State.ENDED)
    secret, named = held(over), held(over, is_anonymous=False, title="=HYPERLINK(1)")
    host = host_of(over)
    results = host.get(reverse("polls_csv", args=[over.pk])).content.decode()
    assert "Balsė" not in results
    assert "'=HYPERLINK" in results
    assert results.count("Harbour water,2,100") == 2
    ballots = host.get(reverse("ballots_csv", args=[over.pk, named.pk])).content.decode()
    assert "Ona Balsė" in ballots
    assert "Harbour water" in ballots
    assert host.get(reverse("ballots_csv", args=[over.pk, secret.pk])).status_code == 404
    assert PollBallot.objects.filter(poll=secret).count() == 0
    assert PollVoter.objects.filter(poll=secret).count() == 2


# ---- the API -------------------------------------------------------------------------------------------------


def listed(meeting: Meeting, person: Person) -> dict[str, dict[str, Any]]:
    key = f"key of {person.pk}"
    ApiToken.objects.get_or_create(
        key_hash=ApiToken.hash_of(key),
        defaults={"person": person, "scopes": ["meetings:read"], "created_at": timezone.now()},
    )
    response = Client().get(
        f"/api/v1/meetings/{meeting.pk}/polls", headers={"Authorization": f"Bearer {key}"}
    )
    assert response.status_code == 200
    text = response.content.decode()
    assert "Balsė" not in text
    assert "Röst" not in text
    return {one["title"]: one for one in json.loads(text)["items"]}


def test_programs_get_what_their_caller_has_seen() -> None:
    over = factories.meeting(state=Meeting.State.ENDED)
    factories.poll(over, title="Prepared")
    held(over, title="Shared", is_anonymous=False)
    held(over, title="Held", results="held", share=False)
    held(over, title="For hosts", results="hosts", share=False)
    held(over, title="On page", is_on_page=True)
    host = listed(over, over.host)
    assert set(host) == {"Prepared", "Shared", "Held", "For hosts", "On page"}
    counted = {title: each["results"][0]["votes"] for title, each in host.items()}
    assert counted == {"Prepared": 0, **dict.fromkeys(("Shared", "Held", "For hosts", "On page"), 2)}
    guest = listed(over, factories.registration(meeting=over).person)
    assert set(guest) == {"Shared", "Held", "For hosts", "On page"}
    seen = {title: each["results"] and each["results"][0]["votes"] for title, each in guest.items()}
    assert seen == {"Shared": 2, "Held": None, "For hosts": None, "On page": 2}
    assert [guest[title]["voters"] for title in ("Held", "For hosts")] == [None, None]
    assert set(listed(over, factories.person())) == {"On page"}
