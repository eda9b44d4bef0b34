"""Recordings step by step, with real files: nothing is lost, and states only move forward."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import av
import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st

from meetings.access import NotVisible, Visitor
from meetings.models import Meeting
from notifications.models import Notification
from recordings import access as recording_access
from recordings import (
    arriving,
    capturing,
    describing,
    expecting,
    media_files,
    preparing,
    publishing,
    states,
    uploading,
)
from recordings.media_files import UnableToPlay, failure_text
from recordings.models import Recording, RecordingFile, Upload
from recordings.tasks import prepare_recording, sweep_recordings
from rooms.models import RoomEvent
from tests import factories
from tests.factories import NOW
from tests.recordings import films

pytestmark = pytest.mark.django_db
State = Recording.State


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def ended(**fields: Any) -> Meeting:
    starts_at = NOW - timedelta(hours=3)
    return factories.meeting(
        **{"state": Meeting.State.ENDED, "record": True, "starts_at": starts_at, **fields}
    )


def live(**fields: Any) -> Meeting:
    return ended(**{"state": Meeting.State.LIVE, "starts_at": NOW - timedelta(minutes=5), **fields})


def bring(film: bytes, meeting: Meeting | None = None, *, parts: int = 1) -> Recording:
    """The recording whose file was uploaded in so many parts."""
    meeting = meeting or ended()
    upload = uploading.begin_upload(meeting=meeting, by=meeting.host, length=len(film), now=NOW)
    size = -(-len(film) // parts)
    for offset in range(0, len(film), size):
        uploading.receive_part(upload_id=upload.pk, offset=offset, part=film[offset : offset + size], now=NOW)
    return Recording.objects.get(upload=upload)


def prepared(film: bytes, meeting: Meeting | None = None) -> Recording:
    found = preparing.prepare(recording_id=bring(film, meeting).pk, now=NOW)
    assert found is not None
    return found


def kept_file(found: Recording, role: str = RecordingFile.Role.MAIN) -> Path:
    return Path(found.files.get(role=role).file.path)


# ---- expecting -------------------------------------------------------------------------------------------


def test_a_meeting_that_is_to_be_recorded_gets_one_expected_recording() -> None:
    running, over, unrecorded = live(), ended(), ended(record=False)
    to_come = factories.meeting(record=True)
    assert expecting.expect_recordings(now=NOW) == 2
    assert expecting.expect_recordings(now=NOW) == 0
    assert set(Recording.objects.values_list("meeting", "state")) == {
        (running.pk, "expected"),
        (over.pk, "expected"),
    }
    assert not unrecorded.recordings.exists()
    assert not to_come.recordings.exists()


def test_no_recording_is_expected_of_an_online_meeting_that_nobody_started() -> None:
    missed, on_site = ended(started_at=None), ended(started_at=None, format="on_site")
    factories.meeting(record=True, starts_at=NOW - timedelta(hours=3))  # still scheduled
    assert expecting.expect_recordings(now=NOW) == 1
    assert not missed.recordings.exists()
    assert on_site.recordings.exists()


def test_an_announced_recording_is_awaited_until_one_has_begun() -> None:
    meeting, silent = live(), live(record=False)
    assert (expecting.is_awaited(meeting.pk), expecting.is_awaited(silent.pk)) == (True, False)
    expecting.expect_recordings(now=NOW)
    assert expecting.is_awaited(meeting.pk)
    capture = capturing.begin_capture(meeting=meeting, by=meeting.host, now=NOW)
    assert not expecting.is_awaited(meeting.pk)
    capturing.finish_capture(recording=capture, now=NOW)
    assert not expecting.is_awaited(meeting.pk)
    with pytest.raises(expecting.UnableToSkip, match="has a recording"):
        expecting.skip_recording(meeting=meeting, now=NOW)
    meeting.refresh_from_db()
    assert meeting.record  # refused whole


def test_the_recording_is_expected_within_a_day_of_the_end() -> None:
    meeting = live()
    expecting.expect_recordings(now=NOW)
    assert meeting.recordings.get().expected_by == meeting.ends_at + timedelta(hours=24)


def test_the_host_is_notified_once_of_a_missing_recording() -> None:
    meeting = ended()
    expecting.expect_recordings(now=NOW)
    late = meeting.recordings.get().expected_by + timedelta(minutes=1)
    assert expecting.mark_overdue(now=late - timedelta(minutes=2)) == 0
    assert expecting.mark_overdue(now=late) == 1
    assert expecting.mark_overdue(now=late + timedelta(hours=1)) == 0
    notified = Notification.objects.filter(kind=Notification.Kind.RECORDING_MISSING)
    assert list(notified.values_list("person", flat=True)) == [meeting.host_id]


def test_a_late_recording_is_accepted() -> None:
    meeting = ended()
    expecting.expect_recordings(now=NOW)
    expecting.mark_overdue(now=NOW + timedelta(days=3))
    found = bring(films.webm(), meeting)
    assert (found.state, meeting.recordings.count()) == (State.RECEIVED, 1)


def test_a_second_file_that_is_given_up_leaves_nothing_to_wait_for() -> None:
    meeting = ended()
    bring(films.webm(), meeting)
    upload = uploading.begin_upload(meeting=meeting, by=meeting.host, length=5000, now=NOW)
    assert expecting.mark_overdue(now=NOW + timedelta(days=2)) == 0
    uploading.abandon_upload(upload=upload)
    assert list(meeting.recordings.values_list("state", flat=True)) == [State.RECEIVED]


def test_nobody_is_notified_while_the_file_is_being_uploaded() -> None:
    meeting = ended()
    upload = uploading.begin_upload(meeting=meeting, by=meeting.host, length=10_000, now=NOW)
    due = upload.recording.expected_by
    assert due is not None
    film = films.webm()
    uploading.receive_part(upload_id=upload.pk, offset=0, part=film[:500], now=due - timedelta(minutes=5))
    assert expecting.mark_overdue(now=due) == 0


# ---- capturing -------------------------------------------------------------------------------------------


def test_no_part_is_taken_after_a_recording_has_failed() -> None:
    meeting = live()
    begun = capturing.begin_capture(meeting=meeting, by=meeting.host, now=NOW)
    preparing.fail(recording=begun, reason=UnableToPlay("damaged"), now=NOW)
    with pytest.raises(uploading.UnableToReceive) as refused:
        uploading.receive_part(upload_id=begun.upload.pk, offset=0, part=films.webm(), now=NOW)
    assert refused.value.code == "over"


def test_a_room_is_recorded_once_at_a_time() -> None:
    meeting = live()
    expecting.expect_recordings(now=NOW)
    first = capturing.begin_capture(meeting=meeting, by=meeting.host, now=NOW)
    with pytest.raises(capturing.UnableToRecord) as refused:
        capturing.begin_capture(meeting=meeting, by=meeting.host, now=NOW)
    assert refused.value.code == "recording"
    assert list(meeting.recordings.all()) == [first]


def test_the_room_hears_that_it_is_recorded_and_when_that_is_over() -> None:
    meeting = live()
    begun = capturing.begin_capture(meeting=meeting, by=meeting.host, now=NOW)
    capturing.finish_capture(recording=begun, now=NOW + timedelta(minutes=1))
    capturing.finish_capture(recording=begun, now=NOW + timedelta(minutes=2))
    heard = RoomEvent.objects.filter(room=meeting.room).values_list("ev", flat=True)
    assert list(heard) == ["recording.started", "recording.stopped"]


def test_only_a_live_meeting_is_recorded() -> None:
    meeting = factories.meeting()
    with pytest.raises(capturing.UnableToRecord) as refused:
        capturing.begin_capture(meeting=meeting, by=meeting.host, now=NOW)
    assert refused.value.code == "not_live"


def test_a_closed_tab_loses_at_most_the_last_part() -> None:
    meeting, film = live(), films.webm(live=True)
    begun = capturing.begin_capture(meeting=meeting, by=meeting.host, now=NOW)
    cut = len(film) * 2 // 3
    uploading.receive_part(upload_id=begun.upload.pk, offset=0, part=film[:cut], now=NOW)
    factories.presence(room=meeting.room, person=meeting.host)
    assert capturing.finish_abandoned_captures(now=NOW + timedelta(seconds=90)) == 0
    assert capturing.finish_abandoned_captures(now=NOW + timedelta(minutes=3)) == 1
    assert preparing.ready_to_prepare(now=NOW + timedelta(minutes=3)) == [begun.pk]
    found = preparing.prepare(recording_id=begun.pk, now=NOW + timedelta(minutes=3))
    assert found is not None
    assert found.state == State.READY
    assert 1 < (found.duration_seconds or 0) < 3


def test_soon_after_whoever_records_has_left_nobody_is_told_to_be_recorded() -> None:
    meeting = live()
    capturing.begin_capture(meeting=meeting, by=meeting.host, now=NOW)
    factories.presence(room=meeting.room, person=factories.person())
    there = factories.presence(room=meeting.room, person=meeting.host)
    later = NOW + timedelta(seconds=31)
    assert capturing.finish_abandoned_captures(now=later) == 0
    there.left_at = NOW + timedelta(seconds=1)
    there.save()
    assert capturing.finish_abandoned_captures(now=NOW + timedelta(seconds=15)) == 0
    assert capturing.is_capturing(meeting.room_id)
    assert capturing.finish_abandoned_captures(now=later) == 1
    assert not capturing.is_capturing(meeting.room_id)
    assert RoomEvent.objects.filter(room=meeting.room, ev="recording.stopped").exists()


def test_the_last_part_may_come_after_the_stop() -> None:
    meeting, film = live(), films.webm(live=True)
    begun = capturing.begin_capture(meeting=meeting, by=meeting.host, now=NOW)
    uploading.receive_part(upload_id=begun.upload.pk, offset=0, part=film[:1000], now=NOW)
    capturing.finish_capture(recording=begun, now=NOW)
    assert preparing.ready_to_prepare(now=NOW + timedelta(seconds=20)) == []
    uploading.receive_part(upload_id=begun.upload.pk, offset=1000, part=film[1000:], now=NOW)
    uploading.receive_part(upload_id=begun.upload.pk, offset=len(film), part=b"", length=len(film), now=NOW)
    assert preparing.ready_to_prepare(now=NOW + timedelta(seconds=20)) == [begun.pk]


def test_a_capture_without_a_single_part_fails_with_a_reason() -> None:
    begun = capturing.begin_capture(meeting=(meeting := live()), by=meeting.host, now=NOW)
    later = NOW + timedelta(minutes=5)
    capturing.finish_abandoned_captures(now=later)
    found = preparing.prepare(recording_id=begun.pk, now=later)
    assert found is not None
    assert (found.state, found.failure) == (
        State.FAILED,
        "nothing_recorded",
    )
    assert Notification.objects.filter(kind="recording_failed", person=meeting.host).count() == 1


# ---- bytes -----------------------------------------------------------------------------------------------


def test_an_upload_goes_on_after_half_of_it() -> None:
    film, meeting = films.mp4(), ended()
    upload = uploading.begin_upload(meeting=meeting, by=meeting.host, length=len(film), now=NOW)
    half = len(film) // 2
    uploading.receive_part(upload_id=upload.pk, offset=0, part=film[:half], now=NOW)
    offset = Upload.objects.get().offset
    assert offset == half
    uploading.receive_part(
        upload_id=upload.pk, offset=offset, part=film[offset:], now=NOW + timedelta(hours=5)
    )
    assert arriving.path_of(upload).read_bytes() == film
    assert meeting.recordings.get().state == State.RECEIVED


def test_a_part_at_the_wrong_place_changes_nothing() -> None:
    film, meeting = films.webm(), ended()
    upload = uploading.begin_upload(meeting=meeting, by=meeting.host, length=len(film), now=NOW)
    uploading.receive_part(upload_id=upload.pk, offset=0, part=film[:100], now=NOW)
    for offset in (0, 99, 101):
        with pytest.raises(uploading.WrongOffset) as wrong:
            uploading.receive_part(upload_id=upload.pk, offset=offset, part=b"x" * 50, now=NOW)
        assert wrong.value.offset == 100
    assert arriving.path_of(upload).read_bytes() == film[:100]


def test_bytes_that_a_crash_left_uncounted_are_written_over() -> None:
    film, meeting = films.webm(), ended()
    upload = uploading.begin_upload(meeting=meeting, by=meeting.host, length=len(film), now=NOW)
    uploading.receive_part(upload_id=upload.pk, offset=0, part=film[:200], now=NOW)
    with arriving.path_of(upload).open("ab") as kept:  # written, and the process died before the commit
        kept.write(b"lost" * 50_000)
    uploading.receive_part(upload_id=upload.pk, offset=200, part=film[200:], now=NOW)
    assert arriving.path_of(upload).read_bytes() == film


def test_uncounted_bytes_at_the_very_end_are_cut_off_before_the_file_is_played() -> None:
    begun = capturing.begin_capture(meeting=(meeting := live()), by=meeting.host, now=NOW)
    film = films.webm(live=True)
    uploading.receive_part(upload_id=begun.upload.pk, offset=0, part=film, now=NOW)
    with arriving.path_of(begun.upload).open("ab") as kept:
        kept.write(bytes(5000))
    capturing.finish_abandoned_captures(now=NOW + timedelta(minutes=3))
    found = preparing.prepare(recording_id=begun.pk, now=NOW + timedelta(minutes=3))
    assert found is not None
    assert found.state == State.READY
    assert arriving.path_of(begun.upload).stat().st_size == len(film)


def test_a_file_larger_than_declared_is_refused() -> None:
    meeting = ended()
    upload = uploading.begin_upload(meeting=meeting, by=meeting.host, length=100, now=NOW)
    with pytest.raises(uploading.UnableToReceive) as refused:
        uploading.receive_part(upload_id=upload.pk, offset=0, part=films.webm(), now=NOW)
    assert refused.value.code == "too_large"


def test_a_file_over_the_limit_is_refused_before_a_byte_is_sent(settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    meeting = ended()
    with pytest.raises(uploading.UnableToUpload) as refused:
        uploading.begin_upload(meeting=meeting, by=meeting.host, length=1001, now=NOW)
    assert (refused.value.code, Upload.objects.count()) == ("too_large", 0)


def test_the_kind_of_a_file_is_read_from_its_bytes_not_from_its_name() -> None:
    meeting = ended()
    upload = uploading.begin_upload(
        meeting=meeting,
        by=meeting.host,
        length=2000,
        now=NOW,
        filename="talk.webm",
        content_type="video/webm",
    )
    with pytest.raises(uploading.UnableToReceive) as refused:
        uploading.receive_part(upload_id=upload.pk, offset=0, part=b"<!doctype html><script>", now=NOW)
    assert (refused.value.code, Upload.objects.get().offset) == ("not_a_recording", 0)


def test_two_hosts_do_not_upload_over_each_other() -> None:
    meeting, other = ended(), factories.member()
    factories.role(meeting, other, "co_host")
    mine = uploading.begin_upload(meeting=meeting, by=meeting.host, length=500, now=NOW)
    with pytest.raises(uploading.UnableToUpload) as refused:
        uploading.begin_upload(meeting=meeting, by=other, length=500, now=NOW + timedelta(minutes=30))
    assert (refused.value.code, list(Upload.objects.all())) == ("uploading", [mine])
    uploading.begin_upload(meeting=meeting, by=other, length=500, now=NOW + timedelta(hours=2))
    assert Upload.objects.get().created_by == other


# ---- preparing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("film", "content_type", "codecs"),
    [
        (films.webm, "video/webm", "vp8, opus"),
        (films.mp4, "video/mp4", "avc1"),
        (films.sound_only, "audio/webm", "opus"),
    ],
)
def test_a_recording_is_measured(film: Any, content_type: str, codecs: str) -> None:
    found = prepared(film())
    main = found.files.get(role="main")
    kept = kept_file(found)
    assert found.state == State.READY
    assert main.content_type == content_type
    assert main.codecs.startswith(codecs)
    assert (main.size, main.sha256) == (kept.stat().st_size, media_files.sha256_of(kept))
    assert found.duration_seconds == pytest.approx(3 if "video" in content_type else 2, abs=0.2)
    assert (main.width, main.height) == ((160, 90) if "video" in content_type else (None, None))
    assert found.files.filter(role="poster").exists() == ("video" in content_type)


def test_the_still_picture_is_a_picture() -> None:
    found = prepared(films.webm())
    with av.open(str(kept_file(found, RecordingFile.Role.POSTER))) as still:
        picture = next(still.decode(video=0))
    assert (picture.width, picture.height, still.format.name) == (160, 90, "jpeg_pipe")


def test_one_can_jump_in_what_a_browser_recorded() -> None:
    with av.open(str(_written("raw.webm", films.webm(6, live=True)))) as raw:
        assert raw.duration is None
    found = prepared(films.webm(6, live=True))
    with av.open(str(kept_file(found))) as copy:
        assert (copy.duration or 0) / av.time_base == pytest.approx(6, abs=0.2)
        copy.seek(4 * av.time_base, backward=True)
        assert next(copy.decode(video=0)).time >= 0


def _written(name: str, film: bytes) -> Path:
    from django.conf import settings

    path = Path(settings.MEDIA_ROOT) / name
    path.write_bytes(film)
    return path


@pytest.mark.parametrize(
    ("film", "reason"),
    [
        (
            lambda: films.mp4(fast_start=False)[: len(films.mp4()) // 2],
            "The file is damaged or incomplete.",
        ),
        (lambda: films.mp4(6)[: len(films.mp4(6)) // 2], "The file ends at"),
        (lambda: films.webm(8)[: len(films.webm(8)) // 2], "The file ends at"),
        (lambda: films.webm()[:40] + bytes(3000), "The file is damaged"),
        (films.unfit_for_browsers, "Browsers cannot play this format: aac + mpeg4."),
    ],
)
def test_a_file_that_cannot_be_played_fails_with_a_reason_and_the_host_is_notified(
    film: Any, reason: str
) -> None:
    found = prepared(film())
    assert found.state == State.FAILED
    assert reason in failure_text(found.failure, found.failure_values)
    assert not found.files.exists()
    assert Notification.objects.filter(kind="recording_failed", recording=found).count() == 1


def test_a_recording_is_changed_whole_or_not_at_all() -> None:
    found = factories.recording(title={"en": "Old"})
    late = [describing.NewChapter(70.0, {"en": "Late"})]
    Recording.objects.filter(pk=found.pk).update(duration_seconds=60.0, state=State.RECEIVED)
    with pytest.raises(describing.UnableToDescribe) as refusal:
        describing.change_recording(
            recording=found, changes={"title": {"en": "New"}, "chapters": late}, now=NOW
        )
    assert refusal.value.field_errors == {"chapters": ["A chapter starts after the recording ends."]}
    with pytest.raises(publishing.UnableToPublish):
        describing.change_recording(
            recording=found, changes={"title": {"en": "New"}}, and_publish=True, now=NOW
        )
    found.refresh_from_db()
    assert (found.title, found.state, found.chapters.count()) == ({"en": "Old"}, State.RECEIVED, 0)


def test_preparing_twice_does_it_once() -> None:
    found = prepared(films.webm())
    assert preparing.prepare(recording_id=found.pk, now=NOW) is None
    prepare_recording(found.pk)
    assert found.files.count() == 2


def test_a_recording_whose_worker_was_killed_is_picked_up_again() -> None:
    found = bring(films.webm())
    Recording.objects.filter(pk=found.pk).update(state=State.PROCESSING, state_changed_at=NOW)
    assert preparing.ready_to_prepare(now=NOW + timedelta(minutes=5)) == []
    assert preparing.prepare(recording_id=found.pk, now=NOW + timedelta(minutes=5)) is None
    later = NOW + preparing.CLAIM
    assert preparing.ready_to_prepare(now=later) == [found.pk]
    again = preparing.prepare(recording_id=found.pk, now=later)
    assert again is not None
    assert again.state == State.READY


def test_the_sweep_prepares_recordings_whose_message_was_lost(settings: Any) -> None:
    settings.CELERY_TASK_ALWAYS_EAGER = True
    from webinar_service.celery import app

    app.conf.task_always_eager = True
    try:
        found = bring(films.webm())
        sweep_recordings()
    finally:
        app.conf.task_always_eager = False
    found.refresh_from_db()
    assert found.state == State.READY


# ---- publishing and the last day -------------------------------------------------------------------------


def test_publishing_notifies_people_who_registered() -> None:
    meeting = ended()
    registration = factories.registration(meeting=meeting)
    found = preparing.prepare(recording_id=bring(films.webm(), meeting).pk, now=NOW)
    assert found is not None
    publishing.publish(recording=found, now=NOW)
    # They did not come: “We missed you” takes the place of the notice.
    notified = Notification.objects.filter(kind=Notification.Kind.MISSED, recording=found)
    assert registration.person_id in notified.values_list("person", flat=True)
    with pytest.raises(publishing.UnableToPublish):
        publishing.publish(recording=found, now=NOW)


def test_a_published_recording_ends_after_a_year_and_its_files_are_gone(
    django_capture_on_commit_callbacks: Any,
) -> None:
    found = publishing.publish(recording=prepared(films.webm()), now=NOW)
    path = kept_file(found)
    assert publishing.expire(now=NOW + timedelta(days=364)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert publishing.expire(now=NOW + timedelta(days=366)) == 1
    found.refresh_from_db()
    assert (found.state, path.exists(), found.files.count()) == (State.EXPIRED, False, 0)


def test_a_recording_taken_back_is_seen_by_its_hosts_alone_and_notifies_nobody_twice() -> None:
    meeting = ended()
    seat = factories.registration(meeting=meeting)
    found = publishing.publish(recording=prepared(films.webm(), meeting), now=NOW)
    told = Notification.objects.filter(kind=Notification.Kind.RECORDING).count()
    reader, host = Visitor(seat.person), Visitor(meeting.host)
    assert recording_access.recording_for(reader, found.pk)
    publishing.unpublish(recording=found, now=NOW)
    assert (found.state, found.files.filter(role="main").exists()) == (State.READY, True)
    with pytest.raises(NotVisible):
        recording_access.recording_for(reader, found.pk)
    assert recording_access.recording_for(host, found.pk)
    with pytest.raises(publishing.UnableToPublish, match="not published"):
        publishing.unpublish(recording=found, now=NOW)
    publishing.publish(recording=found, now=NOW)
    assert recording_access.recording_for(reader, found.pk)
    assert Notification.objects.filter(kind=Notification.Kind.RECORDING).count() == told


def test_a_deleted_recording_leaves_no_file_and_its_hosts_know_of_it(
    django_capture_on_commit_callbacks: Any, settings: Any
) -> None:
    meeting = ended()
    seat = factories.registration(meeting=meeting)
    found = publishing.publish(recording=prepared(films.webm(), meeting), now=NOW)
    describing.keep_captions(recording=found, language="en", text="WEBVTT\n")
    describing.describe(recording=found, changes={"chapters": [describing.NewChapter(0, {"en": "Start"})]})
    told = Notification.objects.count()
    with django_capture_on_commit_callbacks(execute=True):
        publishing.delete_recording(recording=found, now=NOW)
    found.refresh_from_db()
    assert (found.state, found.files.count(), found.chapters.count()) == (State.DELETED, 0, 0)
    assert not Upload.objects.filter(recording=found).exists()
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []
    assert Notification.objects.count() == told
    with pytest.raises(NotVisible):
        recording_access.recording_for(Visitor(seat.person), found.pk)
    assert recording_access.recording_for(Visitor(meeting.host), found.pk)
    assert expecting.expect_recordings(now=NOW) == 0


def test_what_was_brought_and_cannot_be_played_is_deleted_too(
    django_capture_on_commit_callbacks: Any, settings: Any
) -> None:
    found = prepared(films.webm()[:300])
    assert found.state == State.FAILED
    with django_capture_on_commit_callbacks(execute=True):
        publishing.delete_recording(recording=found, now=NOW)
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("state", ["expected", "capturing", "processing", "expired", "deleted"])
def test_a_recording_is_not_deleted_while_it_is_written_or_when_it_has_no_files(state: str) -> None:
    found = factories.recording(state=state)
    with pytest.raises(publishing.UnableToDelete):
        publishing.delete_recording(recording=found, now=NOW)
    found.refresh_from_db()
    assert found.state == state


def test_an_abandoned_upload_is_deleted(django_capture_on_commit_callbacks: Any) -> None:
    meeting = ended()
    upload = uploading.begin_upload(meeting=meeting, by=meeting.host, length=5000, now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        publishing.expire(now=NOW + timedelta(hours=49))
    assert not Upload.objects.exists()
    assert not arriving.path_of(upload).exists()
    assert meeting.recordings.get().state == State.EXPECTED


@pytest.mark.parametrize(
    ("state", "age", "stays"),
    [
        (State.EXPECTED, timedelta(hours=47), True),
        (State.EXPECTED, timedelta(hours=49), False),
        (State.FAILED, timedelta(days=29), True),
        (State.FAILED, timedelta(days=31), False),
    ],
)
def test_bytes_without_use_are_kept_for_their_period(state: str, age: timedelta, stays: bool) -> None:
    meeting = ended()
    upload = uploading.begin_upload(meeting=meeting, by=meeting.host, length=5000, now=NOW)
    Recording.objects.filter(pk=upload.recording_id).update(
        state=state, failure="damaged" if state == State.FAILED else "", state_changed_at=NOW
    )
    publishing.expire(now=NOW + age)
    assert Upload.objects.exists() is stays


# ---- forward only ----------------------------------------------------------------------------------------


def test_the_database_refuses_a_second_capture_in_a_room() -> None:
    meeting = live()
    factories.recording(meeting=meeting, state=State.CAPTURING)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.recording(meeting=meeting, state=State.CAPTURING)


@of_hypothesis(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(State.values), max_size=12))
def test_no_sequence_of_steps_leads_back(steps: list[str]) -> None:
    order = [*Recording.ORDER[:-1], State.FAILED, State.DELETED]
    with transaction.atomic():
        found = factories.recording()
        for number, step in enumerate(steps):
            before = found.state
            now = NOW + timedelta(minutes=number)
            extra = {"published_at": now} if step == State.PUBLISHED else {}
            try:
                states.advance(found, step, now=now, **extra)
            except (states.UnableToAdvance, KeyError):
                found.refresh_from_db()
                assert found.state == before
                continue
            assert order.index(found.state) > order.index(before)
            assert before not in {State.EXPIRED, State.DELETED}
            assert before != State.FAILED or step == State.DELETED
            assert not (before == State.PUBLISHED and step == State.FAILED)
        transaction.set_rollback(True)
