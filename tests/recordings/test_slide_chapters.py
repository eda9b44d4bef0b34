"""Pages that were on stage become chapters of the recording, where its host wants them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from engagement.slides import presenting
from meetings.models import Meeting
from recordings.models import Chapter, Recording
from rooms.messages import PersonRef
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def test_slides_are_suggested_and_saved_as_chapters() -> None:
    meeting = factories.meeting(state=Meeting.State.ENDED)
    start = meeting.starts_at
    recording = factories.recording(
        meeting=meeting,
        room=meeting.room,
        state=Recording.State.READY,
        started_at=start,
        duration_seconds=600,
        language="en",
    )
    host = Client()
    host.force_login(meeting.host)
    address = reverse("edit_recording", args=[recording.pk])
    assert "chapters=slides" not in host.get(address).text
    deck = factories.slide_deck(meeting, 5)
    deck.slides.filter(number=4).update(title="")
    by = {"room_id": meeting.room_id, "by_ref": PersonRef(id="p1", name="x"), "by": meeting.host_id}
    presenting.show(meeting=meeting.pk, deck_id=deck.pk, page=1, now=start - timedelta(minutes=3), **by)
    for seconds, page in ((60, 2), (62, 3), (125, 4), (300, 5), (301, 4), (700, 1)):
        presenting.turn(page=page, now=start + timedelta(seconds=seconds), **by)
    page = host.get(address)
    assert "?chapters=slides" in page.text
    suggested = host.get(f"{address}?chapters=slides")
    lines = "0:00 Title 1\n1:02 Title 3\n2:05 Slide 4"
    assert escape(lines) in suggested.text
    assert not Chapter.objects.exists()
    form = suggested.context["form"]
    sent = {
        **{name: value or "" for name, value in form.initial.items()},
        "read_version": form.read_version,
        "chapters": lines,
    }
    answer = host.post(address, sent)
    assert answer.status_code == 302, answer.context["form"].errors
    assert [(int(each.starts_at_seconds), str(each)) for each in recording.chapters.all()] == [
        *((0, "Title 1"), (62, "Title 3"), (125, "Slide 4"))
    ]
