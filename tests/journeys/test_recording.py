"""Recording: uploaded in parts, checked by a worker, published by the host, announced to registered people."""

import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import av
import pytest

from tests.journeys.conftest import Host
from tests.stack import TIMEOUT, Stack

SECONDS, RATE = 6, 10


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Six seconds of moving stripes, as WebM."""
    path = tmp_path_factory.mktemp("film") / "film.webm"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libvpx", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for number in range(SECONDS * RATE):
            picture = av.VideoFrame(320, 180, "rgb24")
            line = b"\0\0\0" * (number * 4) + b"\xc8\xc8\xc8" * 40
            padding = picture.planes[0].line_size - len(line)
            picture.planes[0].update((line + b"\0" * padding) * 180)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path.read_bytes()


def send_part(host: Host, address: str, offset: int, part: bytes) -> int:
    request = urllib.request.Request(
        address,
        method="PATCH",
        data=part,
        headers={
            "Authorization": f"Bearer {host.token}",
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
        },
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
        return int(response.headers["Upload-Offset"])


def upload(host: Host, meeting: str, film: bytes) -> Any:
    recording = host.api(
        "POST", f"/meetings/{meeting}/recordings", {"size": len(film), "filename": "film.webm"}
    )
    half = len(film) // 2
    assert send_part(host, recording["upload"], 0, film[:half]) == half
    with pytest.raises(urllib.error.HTTPError) as refused:
        send_part(host, recording["upload"], 0, film[:half])
    assert refused.value.code == 409  # repeated, the same part would be stored twice
    assert send_part(host, recording["upload"], half, film[half:]) == len(film)
    return recording


def test_an_uploaded_film_is_checked_published_announced_and_played(
    stack: Stack, host: Host, film: bytes
) -> None:
    meeting = host.schedule(record=True)["id"]
    host.register(meeting, "watches@example.org")
    stack.postbox.wait_for("watches@example.org")
    host.api("POST", f"/meetings/{meeting}/start")
    host.api("POST", f"/meetings/{meeting}/end")
    recording = upload(host, meeting, film)["id"]
    stack.wait_until(
        lambda: host.api("GET", f"/recordings/{recording}")["state"] == "ready", what="the worker"
    )
    ready = host.api("GET", f"/recordings/{recording}")
    assert ready["duration_seconds"] == pytest.approx(SECONDS, abs=0.3)
    assert {file["role"] for file in ready["files"]} == {"main", "poster"}
    public = {"visibility": "public", "publish": True}
    assert host.api("PATCH", f"/recordings/{recording}", public)["state"] == "published"
    stack.postbox.wait_for("watches@example.org", count=2)
    status, first = ask_range(stack, f"/recordings/{recording}/file/", "bytes=0-99")
    assert (status, len(first)) == (206, 100)
    assert first.startswith(b"\x1a\x45\xdf\xa3")  # EBML: the browser can start playing


def test_a_file_that_is_no_film_is_refused_at_its_first_byte(stack: Stack, host: Host) -> None:
    meeting = host.schedule()["id"]
    recording = host.api("POST", f"/meetings/{meeting}/recordings", {"size": 5000})
    with pytest.raises(urllib.error.HTTPError) as refused:
        send_part(host, recording["upload"], 0, b"<html>" * 100)
    assert refused.value.code == 415


def test_a_truncated_film_fails_with_a_reason_and_the_host_is_notified(
    stack: Stack, host: Host, film: bytes, tmp_path: Path
) -> None:
    meeting = host.schedule(title={"en": "Broken off"})["id"]
    recording = upload(host, meeting, film[:600])["id"]
    stack.wait_until(
        lambda: host.api("GET", f"/recordings/{recording}")["state"] == "failed",
        what="the worker",
    )
    stack.postbox.wait_for(host.email, "Broken off")


def test_a_promised_recording_is_expected_as_soon_as_the_meeting_begins(stack: Stack, host: Host) -> None:
    meeting = host.schedule(record=True)["id"]
    host.api("POST", f"/meetings/{meeting}/start")
    stack.wait_until(
        lambda: (
            [item["state"] for item in host.api("GET", f"/recordings?meeting={meeting}")["items"]]
            == ["expected"]
        ),
        what="the expected recording",
    )


def ask_range(stack: Stack, path: str, span: str) -> tuple[int, bytes]:
    with urllib.request.urlopen(
        urllib.request.Request(f"{stack.url}{path}", headers={"Range": span}), timeout=TIMEOUT
    ) as response:
        return response.status, response.read()
