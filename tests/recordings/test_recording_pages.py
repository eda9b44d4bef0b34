"""The pages of recordings: list, player without scripts, and the host's description."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from meetings.models import Meeting
from notifications.models import Notification
from recordings import captions, describing, files
from recordings.forms import read_chapters
from recordings.models import Chapter, Recording, RecordingFile
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def published(**fields: Any) -> Recording:
    meeting = fields.pop("meeting", None) or factories.meeting(state=Meeting.State.ENDED)
    given = {
        "state": "published",
        "visibility": "public",
        "duration_seconds": 3120.0,
        "language": "en",
        **fields,
    }
    found = factories.recording(meeting=meeting, **given)
    files.folder_of(found).mkdir(parents=True)
    path = files.folder_of(found) / "recording.mp4"
    path.write_bytes(b"film")
    RecordingFile.objects.create(
        recording=found,
        role="main",
        file=f"recordings/{found.pk}/recording.mp4",
        content_type="video/mp4",
        codecs="avc1.42c01e, mp4a.40.2",
        width=1280,
        height=720,
        size=4,
        sha256="cd" * 32,
    )
    return found


def host_of(found: Recording) -> Client:
    client = Client()
    client.force_login(found.meeting.host)
    return client


def description(**fields: str) -> dict[str, str]:
    return {
        "language": "en",
        "visibility": "members",
        "last_day": "",
        "chapters": "",
        "captions_language": "en",
        **fields,
    }


# ---- watching --------------------------------------------------------------------------------------------


def test_the_page_plays_without_scripts_and_names_chapters_and_captions() -> None:
    found = published(
        meeting=factories.meeting(state="ended", title={"en": "Reading a harbour’s temperature"})
    )
    Chapter.objects.create(
        recording=found, starts_at_seconds=500, title={"en": "Six thermometers <on> a rope"}
    )
    describing.keep_captions(
        recording=found,
        language="en",
        text=captions.write([captions.Cue(1, 3, "Rasa", "No thermometer at all.")]),
    )
    page = Client().get(found.get_absolute_url()).content.decode()
    assert "Reading a harbour’s temperature" in page
    assert f'src="{reverse("recording_file", args=[found.pk])}"' in page
    assert " controls" in page
    assert 'href="#t=500"' in page
    assert "8:20" in page
    assert "Six thermometers &lt;on&gt; a rope" in page
    assert f'src="{reverse("recording_captions", args=[found.pk, "en"])}"' in page
    assert "<b>Rasa</b> No thermometer at all." in page
    assert "52 min" in page


def test_what_only_hosts_need_is_not_on_the_page_of_others() -> None:
    found = published()
    theirs = Client().get(found.get_absolute_url()).content.decode()
    ours = host_of(found).get(found.get_absolute_url()).content.decode()
    for words in ("cd" * 32, reverse("edit_recording", args=[found.pk]), "?download"):
        assert words in ours
        assert words not in theirs


def test_a_host_reads_why_a_recording_cannot_be_played() -> None:
    times = {"end": 760, "length": 3120}
    found = factories.recording(state="failed", failure="breaks_off", failure_values=times)
    page = host_of(found).get(found.get_absolute_url()).content.decode()
    assert "The file ends at 12:40 instead of 52:00." in page
    colleague = Client()
    colleague.force_login(factories.person(is_secretariat=True, language="pl"))
    colleague.cookies["django_language"] = "pl"
    read = colleague.get(found.get_absolute_url()).content.decode()
    assert "Plik kończy się zbyt wcześnie: 12:40" in read
    assert "The file ends" not in read
    assert reverse("upload_recording", args=[found.meeting_id]) in page


@pytest.mark.parametrize("state", [state for state in Recording.State.values if state != "published"])
def test_a_recording_has_a_page_for_its_host_in_every_state(state: str) -> None:
    found = factories.recording(state=state, expected_by=NOW)
    assert host_of(found).get(found.get_absolute_url()).status_code == 200


# ---- the list --------------------------------------------------------------------------------------------


def shown(query: str) -> list[str]:
    shelf = Client().get(f"{reverse('recordings')}?{query}").context["recording_list"]
    return [str(found) for found in shelf.rows]


def test_recordings_are_found_in_any_language_and_without_accents() -> None:
    published(
        meeting=factories.meeting(state="ended", title={"en": "Peat", "lt": "Durpynų plokštės"}),
        language="en",
    )
    published(meeting=factories.meeting(state="ended", title={"en": "Pumps"}), language="pl")
    assert shown("q=durpynu+plokstes") == ["Peat"]
    assert shown("l=pl") == ["Pumps"]
    assert shown("l=en&q=pumps") == []
    assert sorted(shown("l=xx&page=999&q=%00")) == ["Peat", "Pumps"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_three_as_for_one(
    count: int, django_assert_max_num_queries: Any
) -> None:
    for _number in range(count):
        published()
    with django_assert_max_num_queries(6):
        assert len(shown("")) == count


# ---- describing ------------------------------------------------------------------------------------------


def test_a_host_describes_a_recording() -> None:
    found = published()
    sent = description(
        title_en="Reading a harbour",
        title_sv="Att läsa en hamn",
        last_day="2027-12-03",
        chapters="0:00 Why measure at all\n\n28:10 Mussels\n8:20 Six thermometers",
    )
    answer = host_of(found).post(reverse("edit_recording", args=[found.pk]), sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, found.get_absolute_url())
    found.refresh_from_db()
    assert found.title == {"en": "Reading a harbour", "sv": "Att läsa en hamn"}
    assert found.visibility == "members"
    assert found.expires_at == datetime(2027, 12, 3, 23, 0, tzinfo=UTC)  # midnight in Stockholm
    kept = list(found.chapters.values_list("starts_at_seconds", "title"))
    assert kept == [
        (0, {"en": "Why measure at all"}),
        (500, {"en": "Six thermometers"}),
        (1690, {"en": "Mussels"}),
    ]


def test_an_older_tab_does_not_undo_in_silence_what_another_saved() -> None:
    found = published()
    address = reverse("edit_recording", args=[found.pk])
    client = host_of(found)
    older = client.get(address).context["form"].read_version
    newer = description(chapters="8:20 Six thermometers", read_version=older)
    assert client.post(address, newer).status_code == 302
    stale = description(chapters="8:20 Seven", read_version=older)
    refused = client.post(address, stale)
    assert refused.status_code == 422
    assert "Chapters" in refused.context["form"].non_field_errors()[0]
    assert found.chapters.get().title == {"en": "Six thermometers"}
    again = client.post(address, {**stale, "read_version": refused.context["form"].read_version})
    assert again.status_code == 302
    assert found.chapters.get().title == {"en": "Seven"}


def test_each_wrong_line_of_the_chapters_is_named_and_nothing_typed_is_lost() -> None:
    found = published()
    written = "0:00 Begin\nsoon Mussels\n8:20\n61:00 After the end\n0:00 Again"
    answer = host_of(found).post(reverse("edit_recording", args=[found.pk]), description(chapters=written))
    assert answer.status_code == 422
    assert [error.split(":")[0] for error in answer.context["form"].errors["chapters"]] == [
        "Line 2",
        "Line 3",
        "Line 4",
        "Line 5",
    ]
    assert "After the end" in answer.content.decode()
    assert not found.chapters.exists()


def test_a_chapter_keeps_its_titles_in_other_languages() -> None:
    found = published()
    Chapter.objects.create(recording=found, starts_at_seconds=500, title={"en": "Six", "lt": "Šeši"})
    host_of(found).post(
        reverse("edit_recording", args=[found.pk]), description(chapters="8:20 Six thermometers")
    )
    assert found.chapters.get().title == {"en": "Six thermometers", "lt": "Šeši"}


@pytest.mark.parametrize("written", ["1:02:40 After an hour", "62:40 After an hour"])
def test_a_chapter_may_lie_after_an_hour(written: str) -> None:
    assert read_chapters(written, 4000.0) == ((3760.0, "After an hour"),)


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("00:00 - Intro", "Intro"),
        ("00:00 – Intro", "Intro"),
        ("[00:00] Intro", "Intro"),
        ("0:00: Intro - and more", "Intro - and more"),
        ("0:00 -5 °C outside", "-5 °C outside"),
        ("0:00 ...and begin", "...and begin"),
    ],
)
def test_separators_between_time_and_title_are_not_part_of_the_title(written: str, title: str) -> None:
    assert read_chapters(written, 4000.0) == ((0.0, title),)


def test_too_many_chapters_are_refused() -> None:
    with pytest.raises(ValidationError):
        read_chapters("\n".join(f"{number}:00 Part" for number in range(101)), None)


def test_a_host_reads_how_many_captions_were_skipped() -> None:
    found = published()
    raw = "WEBVTT\n\n00:01.000 --> 00:02.000\nOne\n\n00:02.000 --> 00:02.000\nNo time\n"
    sent = {**description(), "captions": SimpleUploadedFile("odd.vtt", raw.encode())}
    answer = host_of(found).post(reverse("edit_recording", args=[found.pk]), sent, follow=True)
    assert "1 of 2 captions was skipped" in answer.content.decode()
    assert "line 6" in answer.content.decode()
    kept = found.files.get(role=RecordingFile.Role.CAPTIONS)
    assert [cue.text for cue in captions.read(Path(kept.file.path).read_bytes()).cues] == ["One"]


def test_captions_in_an_older_encoding_are_read_by_their_language() -> None:
    found = published()
    raw = "1\n00:00:01,000 --> 00:00:02,000\nZażółć gęślą jaźń\n".encode("cp1250")
    sent = {**description(captions_language="pl"), "captions": SimpleUploadedFile("odd.srt", raw)}
    assert host_of(found).post(reverse("edit_recording", args=[found.pk]), sent).status_code == 302
    kept = found.files.get(role=RecordingFile.Role.CAPTIONS)
    assert "Zażółć gęślą jaźń" in Path(kept.file.path).read_text()


def test_captions_are_rewritten_with_text_only() -> None:
    found = published()
    raw = (
        "WEBVTT\n\nSTYLE\n::cue { background: url(https://evil.example) }\n\n"
        "1\n00:01.000 --> 00:03.500 line:0\n<v Rasa><b>One</b> <script>alert(1)</script>\n"
    )
    sent = {**description(), "captions": SimpleUploadedFile("x.vtt", raw.encode())}
    host_of(found).post(reverse("edit_recording", args=[found.pk]), sent)
    text = Path(found.files.get(role="captions", language="en").file.path).read_text()
    assert text == "WEBVTT\n\n00:00:01.000 --> 00:00:03.500\n<v Rasa>One alert(1)\n"


def test_captions_that_are_none_are_refused_beside_their_field() -> None:
    found = published()
    sent = {**description(title_en="Kept"), "captions": SimpleUploadedFile("x.vtt", b"hello")}
    answer = host_of(found).post(reverse("edit_recording", args=[found.pk]), sent)
    assert answer.status_code == 422
    assert "This is not a WebVTT or SubRip file." in answer.content.decode()
    assert 'value="Kept"' in answer.content.decode()


# ---- publishing ------------------------------------------------------------------------------------------


def test_publishing_by_the_button_notifies_people_once() -> None:
    found = published(state="ready")
    registration = factories.registration(meeting=found.meeting)
    Recording.objects.filter(pk=found.pk).update(visibility="registered")
    client = host_of(found)
    for _time in range(2):
        assert client.post(reverse("publish_recording", args=[found.pk])).status_code == 302
    found.refresh_from_db()
    assert found.state == "published"
    assert found.expires_at is not None
    assert found.published_at is not None
    assert found.expires_at - found.published_at == timedelta(days=365)
    told = Notification.objects.filter(recording=found, person=registration.person)
    assert told.values_list("kind", flat=True).get() == "missed"


def test_only_hosts_describe_publish_and_upload() -> None:
    found = published()
    member, speaker = factories.member(), factories.person()
    factories.role(found.meeting, speaker)
    for person in (member, speaker):
        client = Client()
        client.force_login(person)
        assert client.get(reverse("edit_recording", args=[found.pk])).status_code == 403
        assert client.post(reverse("publish_recording", args=[found.pk])).status_code == 403
        assert client.get(reverse("upload_recording", args=[found.meeting_id])).status_code == 403
    assert Client().get(reverse("publish_recording", args=[found.pk])).status_code == 405
