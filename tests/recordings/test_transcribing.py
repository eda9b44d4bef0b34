"""Captions by a speech engine: made once, marked until a person has checked them, and never in the way."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from recordings import captions, describing, preparing, publishing, speech_engine, tasks, transcribing
from recordings.models import Recording, RecordingFile
from recordings.tasks import transcribe_recording
from tests.factories import NOW
from tests.recordings import films
from tests.recordings.speech_server import SpeechServer, speech_server
from tests.recordings.test_recording import bring, kept_file
from webinar_service.celery import app as celery_app
from webinar_service.management.commands.serve import children_for

pytestmark = pytest.mark.django_db
NOTE = "nobody has checked them"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def speech(settings: Any) -> Iterator[SpeechServer]:
    with speech_server() as server:
        settings.TRANSCRIPTION_URL = f"{server.url}/v1"
        settings.TRANSCRIPTION_KEY = "the key"
        settings.TRANSCRIPTION_MODEL = "small"
        yield server


def ready() -> Recording:
    found = preparing.prepare(recording_id=bring(films.webm()).pk, now=NOW)
    assert found is not None
    return found


def transcribe(found: Recording, *, minutes: int = 0) -> bool:
    return transcribing.transcribe(recording_id=found.pk, now=NOW + timedelta(minutes=minutes))


def machine_made(found: Recording) -> list[tuple[str, bool]]:
    kept = found.files.filter(role=RecordingFile.Role.CAPTIONS)
    return list(kept.values_list("language", "is_machine_made"))


def test_without_an_engine_nothing_is_planned_or_sent() -> None:
    found = ready()
    assert Recording.objects.get(pk=found.pk).transcribe_at is None
    assert transcribing.due_transcriptions(now=NOW) == []
    assert not transcribe(found)


def test_a_finished_recording_is_sent_whole_and_its_captions_are_marked(speech: SpeechServer) -> None:
    found = ready()
    assert transcribing.due_transcriptions(now=NOW) == [found.pk]
    assert transcribe(found)
    [asked] = speech.asked
    assert (asked.path, asked.authorization) == ("/v1/audio/transcriptions", "Bearer the key")
    assert asked.fields["file"] == kept_file(found).read_bytes()
    assert (asked.content_type, asked.filename) == ("video/webm", "recording.webm")
    assert {name: value for name, value in asked.fields.items() if name != "file"} == {
        "model": b"small",
        "language": found.language.encode(),
        "response_format": b"vtt",
    }
    assert machine_made(found) == [(found.language, True)]
    assert "We talk about heat." in kept_file(found, RecordingFile.Role.CAPTIONS).read_text()
    assert transcribing.due_transcriptions(now=NOW + timedelta(days=2)) == []


def test_readers_are_told_until_a_host_has_checked_them(speech: SpeechServer) -> None:
    found = ready()
    transcribe(found)
    publishing.publish(recording=found, now=NOW)
    host = Client()
    host.force_login(found.meeting.host)
    assert NOTE in host.get(found.get_absolute_url()).text
    edit = reverse("edit_recording", args=[found.pk])
    page = host.get(edit)
    form = page.context["form"]
    sent = {name: value or "" for name, value in form.initial.items()} | {"read_version": form.read_version}
    assert "are_captions_checked" in page.text
    host.post(edit, sent)
    assert machine_made(found) == [(found.language, True)]  # the box was not ticked
    sent["read_version"] = host.get(edit).context["form"].read_version
    answer = host.post(edit, {**sent, "are_captions_checked": "on"})
    assert answer.status_code == 302, answer.context["form"].errors
    assert machine_made(found) == [(found.language, False)]
    assert NOTE not in host.get(found.get_absolute_url()).text
    assert "are_captions_checked" not in host.get(edit).text


def test_a_file_that_a_person_brings_takes_their_place_and_is_not_marked(speech: SpeechServer) -> None:
    found = ready()
    transcribe(found)
    describing.keep_captions(recording=found, language=found.language, text="WEBVTT\n")
    assert machine_made(found) == [(found.language, False)]


def test_captions_that_came_in_the_meantime_stay(speech: SpeechServer) -> None:
    found = ready()
    by_hand = captions.write([captions.Cue(0, 1, "", "By hand")])
    describing.keep_captions(recording=found, language=found.language, text=by_hand)
    assert not transcribe(found)
    assert machine_made(found) == [(found.language, False)]
    assert "By hand" in kept_file(found, RecordingFile.Role.CAPTIONS).read_text()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_engine_that_is_away_is_asked_again_later_and_not_for_ever(
    speech: SpeechServer, status: int
) -> None:
    found = ready()
    speech.status = status
    assert not transcribe(found)
    assert transcribing.due_transcriptions(now=NOW + timedelta(minutes=1)) == []
    speech.status = 200
    assert transcribe(found, minutes=2)
    assert len(speech.asked) == 2


def test_after_some_hours_without_an_engine_it_is_given_up(speech: SpeechServer, settings: Any) -> None:
    found = ready()
    settings.TRANSCRIPTION_URL = "http://127.0.0.1:9"  # nobody listens there
    attempts, now = 0, NOW
    while transcribing.due_transcriptions(now=now) and attempts < 20:
        assert not transcribing.transcribe(recording_id=found.pk, now=now)
        attempts += 1
        now = Recording.objects.get(pk=found.pk).transcribe_at or now
    assert attempts == transcribing.MOST_ATTEMPTS
    assert timedelta(hours=4) < now - NOW < timedelta(hours=5)
    assert machine_made(found) == []


@pytest.mark.parametrize(
    ("status", "answer"),
    [(400, b"{}"), (401, b"{}"), (413, b""), (200, b"<html>Welcome</html>"), (200, b"\xff\xfe\x00\xd8")],
)
def test_a_refusal_or_nonsense_ends_it(speech: SpeechServer, status: int, answer: bytes) -> None:
    found = ready()
    speech.status, speech.answer = status, answer
    assert not transcribe(found)
    assert machine_made(found) == []
    assert transcribing.due_transcriptions(now=NOW + timedelta(days=1)) == []


@pytest.mark.parametrize("answer", [b"", b"WEBVTT\n\n"])
def test_silence_has_no_captions(speech: SpeechServer, answer: bytes) -> None:
    found = ready()
    speech.answer = answer
    assert not transcribe(found)
    assert machine_made(found) == []


def test_two_workers_send_it_once(speech: SpeechServer) -> None:
    found = ready()
    assert transcribe(found)
    assert not transcribe(found)
    Recording.objects.filter(pk=found.pk).update(
        transcribe_at=NOW + transcribing.CLAIM
    )  # another works on it
    assert not transcribe(found)
    assert len(speech.asked) == 1


def change_language(found: Recording, language: str) -> None:
    describing.change_recording(recording=found, changes={"language": language}, now=NOW)


def test_words_in_another_language_than_the_recording_has_by_now_are_asked_for_again(
    speech: SpeechServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = ready()
    assert found.language != "pl"
    real = speech_engine.engine()
    assert real is not None

    class Slow:
        """Until it answers, the host has chosen another language."""

        def transcribe(self, source: Path, *, content_type: str, language: str) -> list[captions.Cue]:
            cues = real.transcribe(source, content_type=content_type, language=language)
            change_language(found, "pl")
            return cues

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(transcribing, "engine", Slow)
        assert not transcribe(found)
    assert machine_made(found) == []
    assert transcribing.due_transcriptions(now=NOW) == [found.pk]
    assert transcribe(found)
    assert machine_made(found) == [("pl", True)]
    assert [asked.fields["language"] for asked in speech.asked] == [found.language.encode(), b"pl"]


def test_a_recording_whose_language_is_said_later_is_sent_then(speech: SpeechServer) -> None:
    found = ready()
    Recording.objects.filter(pk=found.pk).update(language="", transcribe_at=None)
    change_language(found, "pl")
    assert transcribing.due_transcriptions(now=NOW) == [found.pk]
    describing.keep_captions(recording=found, language="de", text="WEBVTT\n")
    change_language(found, "de")
    assert transcribing.due_transcriptions(now=NOW) == []


def test_one_that_kills_its_worker_each_time_is_given_up(speech: SpeechServer) -> None:
    found = ready()
    killed = {"transcribe_at": NOW, "transcription_attempts": transcribing.MOST_ATTEMPTS}
    Recording.objects.filter(pk=found.pk).update(**killed)
    assert not transcribe(found)
    assert transcribing.due_transcriptions(now=NOW + timedelta(days=1)) == []
    assert speech.asked == []


def test_one_without_a_file_is_given_up(speech: SpeechServer) -> None:
    found = ready()
    found.files.filter(role=RecordingFile.Role.MAIN).delete()
    assert not transcribe(found)
    assert transcribing.due_transcriptions(now=NOW + timedelta(days=1)) == []


def test_without_a_worker_messages_do_not_pile_up(speech: SpeechServer, settings: Any) -> None:
    Recording.objects.filter(pk=ready().pk).update(transcribe_at=timezone.now())
    queue = settings.CELERY_TASK_ROUTES[transcribe_recording.name]["queue"]
    with celery_app.connection_for_write() as connection:
        connection.default_channel.queue_purge(queue)
        for _sweep in range(3):
            tasks.sweep_recordings()
        assert connection.default_channel.queue_purge(queue) == 1
        tasks.sweep_recordings()
        assert connection.default_channel.queue_purge(queue) == 1


def test_no_worker_waits_for_the_engine_but_one_of_its_own(settings: Any) -> None:
    options = {"host": "127.0.0.1", "port": 8000, "workers": 1, "only": None}
    queue = settings.CELERY_TASK_ROUTES[transcribe_recording.name]["queue"]
    others = [
        route["queue"]
        for name, route in settings.CELERY_TASK_ROUTES.items()
        if name != transcribe_recording.name
    ]
    assert queue not in {"celery", *others}
    settings.TRANSCRIPTION_URL = ""
    assert "speech" not in [child.name for child in children_for(options)]
    settings.TRANSCRIPTION_URL = "http://127.0.0.1:9000"
    (waiting,) = [child for child in children_for(options) if child.name == "speech"]
    assert waiting.run.args[waiting.run.args.index("--queues") + 1] == queue
