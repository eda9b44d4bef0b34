"""Pages of slides: who uploads, what is refused where, who may download, and what is found on the meeting's page."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from companies.models import Person
from engagement.models import SlideDeck
from meetings.access.visitors import SESSION_REGISTRATIONS
from meetings.models import Meeting
from rooms.models import Participant
from tests import factories
from tests.engagement.slides import decks, pdfs

pytestmark = pytest.mark.django_db(transaction=True)


def pdf(content: bytes | None = None, name: str = "Harbour heat.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdfs.pdf_of() if content is None else content)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def meeting() -> Meeting:
    return factories.meeting()


@pytest.fixture
def host(meeting: Meeting) -> Client:
    return signed_in(meeting.host)


def test_a_host_uploads_and_sees_what_becomes_of_it(meeting: Meeting, host: Client) -> None:
    page = reverse("slides", args=[meeting.pk])
    answer = host.post(page, {"file": pdf(), "title": "", "is_downloadable": "on"}, follow=True)
    assert "Harbour heat" in answer.text
    deck = SlideDeck.objects.get()
    assert (deck.uploaded_by, deck.meeting, deck.is_downloadable) == (meeting.host, meeting.pk, True)
    SlideDeck.objects.update(state="failed", failure="encrypted")
    assert "protected by a password" in host.get(page).text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "This field is required."),
        ({"file": pdf(b"<html>")}, "This is not a PDF file."),
        ({"file": pdf(b"")}, "This is not a PDF file."),
        ({"file": "not a file"}, "This field is required."),
        ({"file": pdf(), "title": "x" * 121}, "at most 120 characters"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    meeting: Meeting, host: Client, sent: dict[str, Any], words: str
) -> None:
    answer = host.post(reverse("slides", args=[meeting.pk]), {"title": "Kept", **sent})
    assert answer.status_code == 422
    assert words in answer.text
    assert not SlideDeck.objects.exists()
    in_the_room = host.post(reverse("room_slides", args=[meeting.room_id]), sent)
    assert in_the_room.status_code == 422
    assert words in in_the_room.json()["detail"]


def test_speakers_upload_in_the_room_and_others_do_not(meeting: Meeting) -> None:
    speaker = decks.role_of(factories.member(), meeting)
    address = reverse("room_slides", args=[meeting.room_id])
    answer = signed_in(speaker).post(address, {"file": pdf()})
    assert answer.status_code == 201
    assert SlideDeck.objects.get(pk=answer.json()["deck"]).uploaded_by == speaker
    attendee = factories.registration(meeting=meeting).person
    for client in (Client(), signed_in(attendee), signed_in(factories.member())):
        assert client.post(address, {"file": pdf()}).status_code == 403
    assert SlideDeck.objects.count() == 1


def test_a_speaker_whom_a_host_removed_uploads_nothing(meeting: Meeting) -> None:
    speaker = decks.role_of(factories.member(), meeting)
    factories.participant(room=meeting.room, person=speaker, admission=Participant.AdmissionStatus.REMOVED)
    answer = signed_in(speaker).post(reverse("room_slides", args=[meeting.room_id]), {"file": pdf()})
    assert (answer.status_code, SlideDeck.objects.count()) == (403, 0)


def test_a_meeting_that_is_over_takes_no_more(meeting: Meeting, host: Client) -> None:
    Meeting.objects.filter(pk=meeting.pk).update(state=Meeting.State.ENDED)
    answer = host.post(reverse("slides", args=[meeting.pk]), {"file": pdf()})
    assert (answer.status_code, SlideDeck.objects.count()) == (422, 0)


def test_notes_and_settings_are_saved_a_page_at_a_time(meeting: Meeting, host: Client) -> None:
    deck = factories.slide_deck(meeting, 12)
    address = reverse("deck", args=[meeting.pk, deck.pk])
    assert "notes_11" not in host.get(address).text
    sent = {"title": "New title", "notes_11": "Say it slowly", "notes_12": "", "notes_1": "elsewhere"}
    assert host.post(f"{address}?page=2", sent).status_code == 302
    deck.refresh_from_db()
    assert (deck.title, deck.is_downloadable) == ("New title", False)
    assert list(deck.slides.exclude(notes="").values_list("number", "notes")) == [(11, "Say it slowly")]
    too_long = host.post(address, {"title": "", "notes_1": "x" * 4001})
    assert too_long.status_code == 422
    assert "x" * 4001 in too_long.text
    elsewhere = reverse("deck", args=[factories.meeting(host=meeting.host).pk, deck.pk])
    assert host.get(elsewhere).status_code == 404


def test_deleting_asks_first(meeting: Meeting, host: Client) -> None:
    deck = decks.uploaded(meeting)
    address = reverse("delete_slides", args=[meeting.pk, deck.pk])
    assert "can’t undo this" in host.get(address).text
    assert SlideDeck.objects.exists()
    host.post(address)
    assert not SlideDeck.objects.exists()
    assert host.post(address).status_code == 404


@pytest.mark.parametrize("is_shown", [True, False])
@pytest.mark.parametrize("is_downloadable", [True, False])
def test_participants_have_the_pdf_only_where_they_may_and_it_was_shown(
    meeting: Meeting, is_shown: bool, is_downloadable: bool
) -> None:
    deck = decks.prepared(meeting)
    shown = meeting.starts_at if is_shown else None
    SlideDeck.objects.filter(pk=deck.pk).update(is_downloadable=is_downloadable, first_shown_at=shown)
    Meeting.objects.filter(pk=meeting.pk).update(
        state=Meeting.State.ENDED, started_at=meeting.starts_at, ended_at=meeting.ends_at
    )
    seat = factories.registration(meeting=meeting)
    guest = Client()
    session = guest.session
    session[SESSION_REGISTRATIONS] = [seat.pk]
    session.save()
    address = reverse("slides_file", args=[meeting.pk, deck.pk])
    may = is_shown and is_downloadable
    answer = guest.get(address)
    assert answer.status_code == (200 if may else 404)
    assert (address in guest.get(meeting.get_absolute_url()).text) is may
    stranger = Client()
    assert stranger.get(address).status_code == 403
    assert address not in stranger.get(meeting.get_absolute_url()).text
    to_host = signed_in(meeting.host).get(address)
    assert io.BytesIO(b"".join(to_host.streaming_content)).read(5) == b"%PDF-"  # type: ignore[attr-defined]
    assert to_host["Content-Disposition"].startswith("attachment")
