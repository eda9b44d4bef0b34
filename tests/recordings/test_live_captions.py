"""What captioners wrote in the room becomes the recording's captions, in step with it."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from companies.ids import new_id
from companies.models import Person
from engagement.realtime_text import linking, moderating, saying
from meetings.models import Meeting
from recordings import capturing, preparing, uploading
from recordings.models import Recording, RecordingFile
from rooms.journal import protocol_time
from rooms.messages import PersonRef
from tests import factories
from tests.factories import NOW
from tests.recordings import films

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def meeting() -> Meeting:
    return factories.meeting(
        state="live", starts_at=NOW - timedelta(minutes=5), started_at=NOW - timedelta(minutes=5)
    )


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def write(
    meeting: Meeting,
    text: str,
    when: float,
    *,
    began: float | None = None,
    language: str | None = "sv",
    role: str = "captioner",
) -> int:
    return saying.commit_line(
        room_id=meeting.room_id,
        text_id=new_id(),
        text=text,
        person_ref=PersonRef.model_validate({"id": "p1", "name": "Iga", "role": role}),
        person=meeting.host_id,
        language=language,
        began=None if began is None else protocol_time(at(began)),
        now=at(when),
    )


def captured(meeting: Meeting, seconds: int = 10) -> Recording:
    """Recorded in the host's browser from NOW on."""
    capture = capturing.begin_capture(meeting=meeting, by=meeting.host, now=NOW)
    film = films.webm(seconds, live=True)
    uploading.receive_part(upload_id=capture.upload.pk, offset=0, part=film, now=at(seconds))
    capturing.finish_capture(recording=capture, now=at(seconds))
    found = preparing.prepare(recording_id=capture.pk, now=at(seconds) + timedelta(minutes=3))
    assert found is not None
    return found


def captions_of(found: Recording) -> dict[str, str]:
    kept = found.files.filter(role=RecordingFile.Role.CAPTIONS)
    return {each.language: Path(each.file.path).read_text() for each in kept}


def test_lines_become_captions_with_times_from_the_start_of_the_recording(meeting: Meeting) -> None:
    write(meeting, "Before the recording.", -3)
    write(meeting, "Välkommen.", 2.5, began=1)
    write(meeting, "Vi börjar.", 4, began=3)
    removed = write(meeting, "A secret.", 4.5)
    write(meeting, "Willkommen.", 2, language="de")
    write(meeting, "Not a caption.", 5, language=None, role="speaker")
    write(meeting, "After the recording.", 60)
    by = PersonRef(id="p1", name="x")
    moderating.delete_line(
        room_id=meeting.room_id,
        number=removed,
        by=by,
        person=meeting.host_id,
        is_host=True,
        after=0,
        now=at(6),
    )
    found = captured(meeting)
    assert captions_of(found) == {
        "sv": (
            "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\nVälkommen.\n\n"
            "00:00:03.000 --> 00:00:10.000\nVi börjar.\n"
        ),
        "de": "WEBVTT\n\n00:00:02.000 --> 00:00:08.000\nWillkommen.\n",
    }
    Person.objects.update(language="sv")
    host = Client()
    host.force_login(meeting.host)
    assert "Vi börjar." in host.get(found.get_absolute_url()).text  # the transcript


def test_captions_without_a_language_are_in_that_of_the_recording(meeting: Meeting) -> None:
    Meeting.objects.filter(pk=meeting.pk).update(languages=["pl"])
    write(meeting, "Dzień dobry.", 1, language=None)
    assert set(captions_of(captured(meeting))) == {"pl"}


def test_what_comes_by_a_caption_link_is_kept_with_the_recording(meeting: Meeting) -> None:
    linking.create_link(room_id=meeting.room_id, meeting=meeting.pk, language="lt", now=NOW)
    link = linking.links_of(meeting.pk).get()
    linking.post_caption(link=link, seq=1, text="Laba diena.", now=at(2))
    assert "00:00:02.000 --> 00:00:08.000\nLaba diena." in captions_of(captured(meeting))["lt"]


def test_an_uploaded_recording_gets_none_because_nobody_knows_when_it_began(meeting: Meeting) -> None:
    write(meeting, "Välkommen.", 2)
    film = films.webm(5)
    begun = uploading.begin_upload(meeting=meeting, by=meeting.host, length=len(film), now=at(9))
    uploading.receive_part(upload_id=begun.pk, offset=0, part=film, now=at(9))
    found = preparing.prepare(recording_id=begun.recording_id, now=at(9))
    assert found is not None
    assert captions_of(found) == {}
