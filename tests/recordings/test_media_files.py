"""Files as various programs write them: copied completely and playable, or refused with a reason."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from recordings import media_files
from recordings.media_files import UnableToPlay, child
from tests.recordings import films

ROOT = Path(__file__).parent.parent.parent


def made(film: bytes, folder: Path) -> tuple[Path, media_files.Ready]:
    source = folder / "source"
    source.write_bytes(film)
    ready = media_files.make_ready(source, folder, seconds=120)
    return folder / ready.main, ready


def refused(film: bytes, folder: Path) -> str:
    with pytest.raises(UnableToPlay) as why:
        made(film, folder)
    return media_files.failure_text(why.value.code, why.value.values)


def played(path: Path) -> dict[str, dict[str, Any]]:
    """Decoded completely: packets, frames, and the times of the first and the last one, by kind of stream."""
    found: dict[str, dict[str, Any]] = {}
    with av.open(str(path)) as container:
        for packet in container.demux():
            seen = found.setdefault(
                packet.stream.type, {"packets": 0, "frames": 0, "first": None, "last": 0.0}
            )
            seen["packets"] += packet.size > 0
            for frame in packet.decode():
                seen["frames"] += 1
                seen["first"] = frame.time if seen["first"] is None else seen["first"]
                seen["last"] = max(seen["last"], frame.time)
    return found


def test_every_packet_of_a_film_with_b_frames_is_kept(tmp_path: Path) -> None:
    copy, ready = made(films.with_b_frames(), tmp_path)
    kept, source = played(copy), played(tmp_path / "source")
    assert ready.measured.content_type == "video/mp4"
    assert (kept["video"]["packets"], kept["video"]["frames"]) == (30, 30)
    assert kept["audio"]["packets"] == source["audio"]["packets"]
    assert ready.measured.duration_seconds == pytest.approx(3, abs=0.2)
    assert kept["video"]["first"] == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("film", [films.webm, films.mp4], ids=["webm", "mp4"])
def test_of_two_recordings_in_one_file_both_are_kept(film: Any, tmp_path: Path) -> None:
    copy, ready = made(film(3) + film(3), tmp_path)
    assert ready.measured.duration_seconds == pytest.approx(6, abs=0.3)
    kept = played(copy)["video"]
    assert (kept["packets"], kept["frames"]) == (60, 60)
    assert kept["last"] == pytest.approx(5.9, abs=0.2)


def test_of_three_captures_without_a_length_all_are_kept(tmp_path: Path) -> None:
    copy, ready = made(films.webm(3, live=True) * 3, tmp_path)
    assert ready.measured.duration_seconds == pytest.approx(9, abs=0.4)
    assert played(copy)["video"]["frames"] == 90


def test_recordings_of_different_formats_in_one_file_are_refused_with_a_reason(tmp_path: Path) -> None:
    assert "different formats" in refused(films.webm(3) + films.sound_only(3), tmp_path)


def test_a_broken_second_recording_is_reported(tmp_path: Path) -> None:
    assert "The file ends at" in refused(films.webm(3) + films.webm(8)[: len(films.webm(8)) // 2], tmp_path)


@pytest.mark.parametrize("kind", ["webm", "mp4"])
def test_a_recording_that_starts_later_begins_at_zero(kind: str, tmp_path: Path) -> None:
    copy, ready = made(films.starting_at(40.0, kind=kind), tmp_path)
    assert ready.measured.duration_seconds == pytest.approx(3, abs=0.3)
    kept = played(copy)["video"]
    assert (kept["frames"], kept["first"]) == (30, pytest.approx(0, abs=0.3))


def test_a_cover_is_no_picture_of_a_recording(tmp_path: Path) -> None:
    copy, ready = made(films.song_with_cover(), tmp_path)
    assert (ready.measured.content_type, ready.measured.width) == ("audio/mp4", None)
    assert set(played(copy)) == {"audio"}
    assert not ready.poster_sha256
    assert not (tmp_path / media_files.POSTER).exists()


def test_a_rotated_video_stays_rotated_and_its_poster_is_upright(tmp_path: Path) -> None:
    copy, ready = made(films.on_its_side(), tmp_path)
    with av.open(str(copy)) as container:
        turned = next(container.decode(video=0)).rotation
    with av.open(str(tmp_path / "source")) as container:
        assert turned == next(container.decode(video=0)).rotation
    assert turned in {90, -90}
    assert (ready.measured.width, ready.measured.height) == (90, 160)
    assert Image.open(tmp_path / media_files.POSTER).size == (90, 160)


def test_where_and_by_what_it_was_filmed_is_in_neither_copy_nor_poster(tmp_path: Path) -> None:
    film = films.with_place_and_maker()
    marks = [films.PLACE.encode(), films.MAKER.encode()]
    assert all(mark in film for mark in marks)
    copy, _ready = made(film, tmp_path)
    for written in (copy, tmp_path / media_files.POSTER):
        content = written.read_bytes()
        assert [mark for mark in marks if mark in content] == []
    assert not dict(Image.open(tmp_path / media_files.POSTER).getexif())


def test_all_sound_tracks_are_kept(tmp_path: Path) -> None:
    copy, _ready = made(films.with_two_sounds(), tmp_path)
    with av.open(str(copy)) as container:
        assert (len(container.streams.video), len(container.streams.audio)) == (1, 2)


def test_a_second_picture_is_not_dropped_in_silence(tmp_path: Path) -> None:
    assert "2 video tracks" in refused(films.with_two_pictures(), tmp_path)


def test_frames_may_have_different_durations(tmp_path: Path) -> None:
    copy, _ready = made(films.with_varying_rate(), tmp_path)
    kept, source = played(copy)["video"], played(tmp_path / "source")["video"]
    assert (kept["frames"], kept["last"]) == (source["frames"], pytest.approx(source["last"], abs=0.01))


def test_colours_that_browsers_do_not_show_are_refused_with_a_reason(tmp_path: Path) -> None:
    assert "yuv444p" in refused(films.in_many_colours(), tmp_path)


def test_an_index_at_the_end_is_moved_to_the_front(tmp_path: Path) -> None:
    copy, _ready = made(films.mp4(fast_start=False), tmp_path)
    content = copy.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


# ---- limits ----------------------------------------------------------------------------------------------


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    film = films.of_one_large_picture(4112, 2304)
    assert "4112 × 2304" in refused(film, tmp_path)


def test_pictures_larger_than_the_file_says_are_not_decoded(tmp_path: Path) -> None:
    film = films.larger_than_it_says(4112, 2304)
    assert "too damaged to play" in refused(film, tmp_path)


def test_a_file_is_only_read_as_the_kind_that_it_begins_like(tmp_path: Path) -> None:
    assert "damaged" in refused(films.sound_in_disguise(), tmp_path)


def test_a_recording_of_more_than_a_day_is_refused_with_a_reason(tmp_path: Path) -> None:
    made(films.with_a_gap(24 * 3600 - 3), tmp_path)
    assert "longer than 24 hours" in refused(films.with_a_gap(24 * 3600), tmp_path)


def test_what_takes_too_long_is_stopped(tmp_path: Path) -> None:
    source = tmp_path / "source"
    os.mkfifo(source)  # a disk that never answers
    answering = threading.Timer(30, source.write_bytes, [b""])
    answering.start()
    with pytest.raises(media_files.PreparationStopped):
        media_files.make_ready(source, tmp_path, seconds=2)
    answering.cancel()


def limited(folder: Path, work: str, seconds: int = 20) -> "subprocess.CompletedProcess[str]":
    """The child process, doing this with its `source` instead of its work."""
    code = (
        "import os, sys; from pathlib import Path; from recordings.media_files import child\n"
        f"child.make_ready = lambda source, folder: {work}\n"
        "print(child.main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))"
    )
    source = folder / "source"
    source.write_bytes(films.webm())
    return subprocess.run(
        [sys.executable, "-c", code, str(source), str(folder), str(seconds)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_process_that_takes_too_much_memory_ends_with_an_error(tmp_path: Path) -> None:
    done = limited(tmp_path, "bytearray(4 * 1024**3)")
    assert "too_much_memory" in done.stdout


def test_a_process_that_computes_without_end_is_ended(tmp_path: Path) -> None:
    done = limited(tmp_path, "[None for _ in iter(int, 1)]", seconds=1)
    assert done.returncode == -signal.SIGXCPU


def test_a_copy_far_larger_than_its_source_is_not_written(tmp_path: Path) -> None:
    done = limited(tmp_path, "os.truncate(source, 2 * source.stat().st_size + 65 * 1024**2)")
    assert "File too large" in done.stderr
    assert "damaged" in done.stdout
    assert (tmp_path / "source").stat().st_size == len(films.webm())


PREPARING = (
    "import sys; from pathlib import Path; import django; from django.conf import settings\n"
    "settings.configure(BASE_DIR=Path.cwd()); django.setup(); from recordings import media_files\n"
    "media_files.make_ready(Path(sys.argv[1]), Path(sys.argv[2]), seconds=60)"
)


def test_the_process_does_not_outlive_a_worker_that_is_killed(tmp_path: Path) -> None:
    source = tmp_path / "source"
    os.mkfifo(source)
    command = [sys.executable, "-c", PREPARING, str(source), str(tmp_path)]
    worker = subprocess.Popen(command, cwd=ROOT)
    children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children")
    until(lambda: children.read_text().split())
    pid = int(children.read_text().split()[0])
    until(lambda: str(child.MEMORY) in Path(f"/proc/{pid}/limits").read_text())
    worker.kill()
    worker.wait()
    try:
        until(lambda: not runs(pid))
    finally:
        if runs(pid):
            os.kill(pid, signal.SIGKILL)


def runs(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"


def until(true: Callable[[], object]) -> None:
    for _try in range(300):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("not within 30 s")


def test_the_process_knows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = tmp_path / "seen"
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    (tmp_path / "python").write_text(f"#!/bin/sh\nenv > {seen}\nexit 1\n")
    (tmp_path / "python").chmod(0o755)
    with pytest.raises(media_files.PreparationStopped):
        made(films.webm(), tmp_path)
    assert "secret" not in seen.read_text()
