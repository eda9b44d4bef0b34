"""What waits for the secretariat, the messages it answers, and its programmes."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from meetings.models import Programme
from notifications.models import ContactMessage, Notification
from recordings.models import Recording
from tests import factories as make
from tests.notifications.test_dispatching import row

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def office() -> Client:
    client = Client()
    client.force_login(make.secretariat(name="Astrid Holm"))
    return client


def queues(office: Client) -> dict[str, Any]:
    return {queue.key: queue for queue in office.get(reverse("secretariat")).context["waiting"]}


def test_each_queue_holds_what_waits_the_longest_waiting_first(office: Client) -> None:
    now = timezone.now()
    for number in range(7):
        make.contact_message(name=f"Visitor {number}", created_at=now - number * DAY)
    make.contact_message(name="Answered", created_at=now - 9 * DAY, answered_at=now)
    waiting = make.person(name="Newcomer", last_login=now)
    make.person(name="Never signed in")
    make.member(name="Has a company", last_login=now)
    failed = row(Notification.Kind.CHANGE, state="failed", due_at=now - DAY)
    row(Notification.Kind.CHANGE, state="failed", due_at=now - 40 * DAY)
    broken = make.recording(state=Recording.State.FAILED)
    make.recording(state=Recording.State.PUBLISHED)
    draft = make.programme(is_published=False)
    article = make.article(published_at=None)
    found = queues(office)
    assert found["messages"].count == 7
    assert [one.title for one in found["messages"].first] == [f"Visitor {at}" for at in (6, 5, 4, 3, 2)]
    assert [one.title for one in found["people"].first] == [waiting.name]
    assert [one.address for one in found["emails"].first] == [
        reverse("delivery_report", args=[failed.meeting_id])
    ]
    assert found["recordings"].count == 1
    assert broken.meeting_id in found["recordings"].first[0].address
    assert [one.address for one in found["programmes"].first] == [
        reverse("edit_programme", args=[draft.slug])
    ]
    assert [one.title for one in found["news"].first] == [str(article)]
    page = office.get(reverse("secretariat")).content.decode()
    assert "Show all 7" in page


def test_without_work_the_page_says_so(office: Client) -> None:
    assert "You’re all caught up" in office.get(reverse("secretariat")).content.decode()


def test_the_menu_leads_there_for_the_secretariat_alone(office: Client) -> None:
    address = f'href="{reverse("secretariat")}"'
    member = Client()
    member.force_login(make.member())
    assert address in office.get("/").content.decode()
    assert address not in member.get("/").content.decode()
    assert address not in Client().get("/").content.decode()


# ---- messages --------------------------------------------------------------------------------------------


def test_an_answered_message_leaves_the_list_and_says_who_answered_it(office: Client) -> None:
    message = make.contact_message(name="Ieva", text="Nerandu įrašo.")
    address = reverse("contact_messages")
    assert "Nerandu įrašo." in office.get(address).content.decode()
    office.post(address, {"message": message.pk, "do": "answered"})
    assert "Every message is answered" in office.get(address).content.decode()
    assert "Astrid Holm" in office.get(address, {"state": "answered"}).content.decode()
    office.post(address, {"message": message.pk, "do": "unanswered"})
    message.refresh_from_db()
    assert (message.answered_at, message.answered_by) == (None, None)


def test_whoever_answered_first_stays(office: Client) -> None:
    first = make.secretariat()
    message = make.contact_message(answered_at=make.NOW, answered_by=first)
    office.post(reverse("contact_messages"), {"message": message.pk})
    message.refresh_from_db()
    assert (message.answered_at, message.answered_by) == (make.NOW, first)


@pytest.mark.parametrize("key", ["", "x", "0", "9" * 30, "-1"])
def test_a_message_that_is_not_there_is_not_found(office: Client, key: str) -> None:
    assert office.post(reverse("contact_messages"), {"message": key}).status_code == 404


def test_messages_are_searched(office: Client) -> None:
    make.contact_message(name="Ieva", text="about recordings")
    make.contact_message(name="Jonas", text="about heat")
    page = office.get(reverse("contact_messages"), {"q": "HEAT"})
    assert [one.name for one in page.context["page"]] == ["Jonas"]
    assert ContactMessage.objects.count() == 2


# ---- programmes ------------------------------------------------------------------------------------------


def given(**changes: Any) -> dict[str, Any]:
    return {"title_en": "Harbour heat", "kind": "conference", "timezone": "Europe/Vilnius", **changes}


def picture() -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", (320, 180)).save(file, "PNG")
    return SimpleUploadedFile("cover.png", file.getvalue(), "image/png")


def test_a_programme_is_drafted_published_and_keeps_its_address(office: Client) -> None:
    days = {"starts_on": "2027-01-10", "ends_on": "2027-01-12"}
    office.post(reverse("new_programme"), given(title_lt="Uosto šiluma", picture=picture(), **days))
    programme = Programme.objects.get(slug="harbour-heat")
    assert programme.title == {"en": "Harbour heat", "lt": "Uosto šiluma"}
    assert programme.picture.name
    assert Client().get(programme.get_absolute_url()).status_code == 404
    page = office.get(reverse("edit_programme", args=[programme.slug]))
    version = page.context["form"].read_version
    office.post(
        reverse("edit_programme", args=[programme.slug]),
        given(title_en="Port heat", is_published="on", no_picture="on", read_version=version, **days),
    )
    programme.refresh_from_db()
    assert (programme.slug, programme.title, bool(programme.picture)) == (
        "harbour-heat",
        {"en": "Port heat"},
        False,
    )
    assert Client().get(programme.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_on": "2027-01-09", "starts_on": "2027-01-10"}, "ends_on"),
        ({"ends_on": "2027-01-09"}, "ends_on"),
        ({"title_en": "???"}, "title"),
        ({"title_en": "Taken"}, "title"),
        ({"title_en": ""}, "title"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"kind": "party"}, "kind"),
    ],
)
def test_an_impossible_programme_is_refused_at_its_field(
    office: Client, changes: dict[str, str], field: str
) -> None:
    make.programme(slug="taken")
    response = office.post(reverse("new_programme"), given(**changes))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert Programme.objects.count() == 1


def test_what_a_colleague_saved_in_between_is_not_undone_unseen(office: Client) -> None:
    programme = make.programme()
    address = reverse("edit_programme", args=[programme.slug])
    version = office.get(address).context["form"].read_version
    Programme.objects.filter(pk=programme.pk).update(place="Klaipėda")
    response = office.post(address, given(read_version=version))
    assert response.status_code == 422
    programme.refresh_from_db()
    assert programme.place == "Klaipėda"
