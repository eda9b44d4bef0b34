"""Preparing long recordings delays nothing else: emails are sent meanwhile, and the service is ready."""

import time
from collections.abc import Callable

from tests.journeys.conftest import Host
from tests.journeys.test_recording import send_part
from tests.recordings import films
from tests.stack import Stack

MINUTES = 60
PART = 8 * 1024 * 1024
CONFIRMATION_WITHIN = 5  # seconds: what the documentation promises for due emails


def upload_whole(host: Host, meeting: str, film: bytes) -> str:
    begun = host.api("POST", f"/meetings/{meeting}/recordings", {"size": len(film), "filename": "talk.webm"})
    for offset in range(0, len(film), PART):
        send_part(host, begun["upload"], offset, film[offset : offset + PART])
    return str(begun["id"])


def test_a_confirmation_is_sent_while_two_long_recordings_are_prepared(
    stack: Stack, host: Host, record_property: Callable[[str, object], None]
) -> None:
    film = films.long_capture(MINUTES)
    recordings = []
    for _number in range(2):
        meeting = host.schedule(record=True)["id"]
        host.api("POST", f"/meetings/{meeting}/start")
        host.api("POST", f"/meetings/{meeting}/end")
        recordings.append(upload_whole(host, meeting, film))

    def states() -> list[str]:
        return [host.api("GET", f"/recordings/{found}")["state"] for found in recordings]

    stack.wait_until(lambda: "processing" in states(), what="the media worker to begin")
    webinar, began, waits = host.schedule()["id"], time.monotonic(), []
    while set(states()) & {"received", "processing"}:
        address = f"meanwhile{len(waits)}@example.org"
        host.register(webinar, address)
        registered = time.monotonic()
        stack.postbox.wait_for(address, seconds=CONFIRMATION_WITHIN)
        waits.append(round(time.monotonic() - registered, 2))
        assert stack.get("/readyz")[0] == 200
    assert states() == ["ready", "ready"]
    assert waits
    record_property("seconds that both recordings took", round(time.monotonic() - began, 1))
    record_property("seconds that confirmations took meanwhile", waits)
    lengths = [host.api("GET", f"/recordings/{found}")["duration_seconds"] for found in recordings]
    assert [round(length / 60) for length in lengths] == [MINUTES, MINUTES]
