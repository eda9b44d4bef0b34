"""A web process killed with SIGKILL while two people write notes: what was acknowledged is in the document."""

from collections.abc import Callable

import pycrdt
from asgiref.sync import sync_to_async

from engagement.models import NoteDocument
from engagement.notes.reading import merged
from meetings.models import Meeting
from tests.engagement.notes.writers import document_of, texts_of, writer
from tests.faults.test_votes import answered
from tests.rooms.conftest import guest_of, live_meeting, own_server
from tests.rooms.people import closing, enter
from tests.rooms.server import Server

__all__ = ["live_meeting", "own_server"]  # fixtures
LINES = 12


async def test_a_process_killed_while_people_write_loses_nothing_acknowledged(
    live_meeting: Meeting, own_server: Callable[..., Server]
) -> None:
    server = await sync_to_async(own_server)()
    seat = await sync_to_async(guest_of)(live_meeting)
    host = await enter(server, live_meeting, live_meeting.host)
    guest = await enter(server, live_meeting, seat.person, seat=seat)
    async with closing(host, guest):
        people = [await writer(host, live_meeting.pk, 1), await writer(guest, live_meeting.pk, 2)]
        sent: dict[str, tuple[int, int]] = {}
        changes: list[list[bytes]] = [[], []]
        for line in range(LINES):
            for place, each in enumerate(people):
                each.type(f"{place} {line}")
                number = await each.client.sends(
                    "notes.update", document=live_meeting.pk, client=each.client_id, update=each.change()
                )
                sent[f"{place} {line}"] = (place, number)
                changes[place] += each.unsent
                each.unsent = []
        await host.until(lambda: host.answers.get(sent["0 2"][1]))
        await sync_to_async(server.kill)()
        replies = {
            text: await answered(people[place].client, number) for text, (place, number) in sent.items()
        }
    acknowledged = {text for text, reply in replies.items() if reply and reply.get("ok")}
    assert acknowledged
    kept = set(await sync_to_async(stored)(live_meeting.pk))
    assert acknowledged <= kept
    await sync_to_async(server.start)()
    again = await enter(server, live_meeting, live_meeting.host)
    async with closing(again):
        mine = people[0]
        mine.client, mine.seen = again, 0
        await mine.open()
        mine.unsent = [pycrdt.merge_updates(*changes[0])]  # whatever was not acknowledged is sent again
        assert (await mine.send()).get("ok") is True
    lines = await sync_to_async(stored)(live_meeting.pk)
    assert {f"0 {line}" for line in range(LINES)} <= set(lines)
    assert len(set(lines)) == len(lines)


def stored(meeting: str) -> list[str]:
    return texts_of(document_of(merged(NoteDocument.objects.get(meeting=meeting))))
