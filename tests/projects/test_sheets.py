"""The project sheet: a draft, what is public of it, and contact requests that land in the project."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies import retention
from notifications import relevance
from notifications.links import partner_request_link
from notifications.models import Notification
from notifications.project_messages import compose_about_project
from projects import seeking_partners
from projects.models import HistoryEntry, PartnerRequest, ProjectRoom, PublishedSheet
from projects.seeking_partners import SheetInput, UnableToSeek
from tests import factories
from tests.factories import NOW
from tests.projects.conftest import Project
from tests.projects.test_members import change_state, signed_in

pytestmark = pytest.mark.django_db
Kind = Notification.Kind


def mails(kind: Kind) -> list[int | None]:
    return list(Notification.objects.filter(kind=kind).order_by("pk").values_list("person", flat=True))


def test_what_is_public_is_what_was_published_and_nothing_of_the_room(project: Project) -> None:
    lead, anybody, room = signed_in(project.lead), Client(), project.room.pk
    page, publish = (reverse(name, args=[room]) for name in ("project_sheet", "publish_sheet"))
    wrong = lead.post(page, {"title_en": "", "budget_en": "1.2 million euro", "deadline": "1999-13-01"})
    assert wrong.status_code == 422
    assert 'value="1.2 million euro"' in wrong.content.decode()
    given = {"title_en": "Ice-proof collectors", "aim_en": "Heat from frozen lakes.", "countries": ["LT"]}
    lead.post(page, given)
    lead.post(publish)  # does not say what is sought
    assert not PublishedSheet.objects.exists()
    lead.post(page, {**given, "sought_pl": "Producent pływaków."})
    lead.post(publish)
    sheet = PublishedSheet.objects.get()
    lead.post(page, {**given, "aim_en": "A secret aim.", "sought_pl": "Producent pływaków."})
    public = reverse("partner_offer", args=[sheet.pk])
    body = anybody.get(public).content.decode()
    for said in ("Ice-proof collectors", "Heat from frozen lakes.", "Producent pływaków.", "Lithuania"):
        assert said in body
    assert "Not translated yet. Shown in Polish." in body
    hidden = ("Floating collectors", "A secret aim.", room, project.ours.name, project.lead.name)
    for unsaid in hidden:
        assert unsaid not in body
    listed = reverse("partner_offers")
    assert public in anybody.get(listed).content.decode()
    for door in (reverse("directory"), reverse("home")):
        assert listed in anybody.get(door).content.decode()
    change_state(project, ProjectRoom.State.ARCHIVED)
    assert anybody.get(public).status_code == 404
    assert public not in anybody.get(listed).content.decode()
    change_state(project, ProjectRoom.State.OPEN)
    assert anybody.get(public).status_code == 200
    lead.post(publish, {"do": "unpublish"})
    assert anybody.get(public).status_code == 404
    assert 'value="Ice-proof collectors"' in lead.get(page).content.decode()  # the draft is kept
    kinds = list(project.room.history.order_by("pk").values_list("kind", flat=True))
    assert kinds[-1] == HistoryEntry.Kind.SHEET_REMOVED
    assert kinds.count(HistoryEntry.Kind.SHEET_PUBLISHED) == 1


def test_a_guest_confirms_the_address_and_it_is_shown_once_a_lead_answers(project: Project) -> None:
    sheet = factories.published_sheet(project.room)
    guest, lead, public = Client(), signed_in(project.lead), reverse("partner_offer", args=[sheet.pk])
    given = {"name": "Ieva", "company_name": "Plūdės", "email": "ieva@example.org", "text": "We make floats."}
    trapped = guest.post(public, {**given, "leave_empty": "x"})
    assert trapped.status_code == 422
    assert "We make floats." in trapped.content.decode()
    unusable = guest.post(public, {**given, "email": '"a"@example.org'})
    assert "Email apps can’t send to this address." in unusable.content.decode()
    guest.post(public, given)
    asked = PartnerRequest.objects.get()
    requests = reverse("partner_requests", args=[project.room.pk])
    assert "Ieva" not in lead.get(requests).content.decode()
    assert mails(Kind.PARTNER_CONFIRM) == [asked.person_id]
    assert mails(Kind.PARTNER_REQUEST) == []
    link = partner_request_link(asked)
    guest.get(link)
    guest.head(link)
    asked.refresh_from_db()
    assert asked.confirmed_at is None
    for _again in range(2):
        guest.post(link)
    assert mails(Kind.PARTNER_REQUEST) == [project.lead.pk]
    page = reverse("partner_request", args=[project.room.pk, asked.pk])
    read = lead.get(page).content.decode()
    assert "We make floats." in read
    assert "ieva@example.org" not in read + lead.get(requests).content.decode()
    (to_lead,) = Notification.objects.filter(kind=Kind.PARTNER_REQUEST)
    assert "ieva@example.org" not in str(compose_about_project(to_lead, "en"))
    assert relevance.reason_to_drop(to_lead, now=NOW) is None
    assert lead.post(page, {"text": ""}).status_code == 422
    lead.post(page, {"text": "Welcome."})
    assert "ieva@example.org" in lead.get(page).content.decode()
    assert lead.post(page, {"text": "Welcome twice."}).status_code == 422
    (answer,) = Notification.objects.filter(kind=Kind.PARTNER_ANSWER)
    assert answer.person_id == asked.person_id
    content = str(compose_about_project(answer, "en"))
    assert "Welcome." in content
    assert project.lead.email in content
    assert guest.get("/looking-for-partners/confirm/made.up/").status_code == 404


def test_who_is_signed_in_writes_at_once_and_only_so_often(project: Project) -> None:
    sheet = factories.published_sheet(project.room)
    person = factories.member()
    client, public = signed_in(person), reverse("partner_offer", args=[sheet.pk])
    for number in range(seeking_partners.REQUESTS_A_DAY + 1):
        answer = client.post(public, {"text": f"Message {number}"})
    assert answer.status_code == 429
    assert "Message 3" in answer.content.decode()
    assert mails(Kind.PARTNER_REQUEST) == [project.lead.pk] * seeking_partners.REQUESTS_A_DAY
    first = PartnerRequest.objects.order_by("created_at").first()
    assert first is not None
    assert person.company is not None
    assert (first.name, first.company_name, first.person) == (person.name, person.company.name, person)


def test_addresses_that_nobody_confirms_do_not_close_the_door_of_a_project(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seeking_partners, "REQUESTS_TO_A_SHEET", 1)
    sheet, now = factories.published_sheet(project.room), timezone.now()
    waiting = [factories.partner_request(sheet, created_at=now, confirmed_at=None) for _each in range(2)]
    public, writes = reverse("partner_offer", args=[sheet.pk]), signed_in(factories.member())
    assert writes.post(public, {"text": "We make floats."}).status_code == 302
    assert writes.post(public, {"text": "Many floats."}).status_code == 429
    too_late = Client().post(partner_request_link(waiting[0]))
    assert too_late.status_code == 422
    assert "Too many messages for one day." in too_late.content.decode()
    assert len(mails(Kind.PARTNER_REQUEST)) == 1


def test_requests_that_nobody_confirmed_go_after_days_and_all_after_two_years(project: Project) -> None:
    sheet, now = factories.published_sheet(project.room), timezone.now()
    for days, confirmed in ((4, False), (2, False), (100, True), (800, True)):
        at = now - timedelta(days=days)
        factories.partner_request(sheet, created_at=at, confirmed_at=at if confirmed else None)
    lapsed = PartnerRequest.objects.get(created_at=now - timedelta(days=4))
    assert Client().post(partner_request_link(lapsed)).status_code == 404
    assert retention.apply_retention(now=now)["contact requests to projects"] == 2
    assert PartnerRequest.objects.count() == 2


def test_a_sheet_that_is_not_public_takes_no_request(project: Project) -> None:
    sheet = factories.published_sheet(project.room)
    asked = factories.partner_request(sheet, confirmed_at=None, created_at=timezone.now())
    PublishedSheet.objects.all().delete()
    assert Client().post(partner_request_link(asked)).status_code == 404
    assert Client().post(reverse("partner_offer", args=[sheet.pk]), {"text": "x"}).status_code == 404
    with pytest.raises(IntegrityError):
        PartnerRequest.objects.filter(pk=asked.pk).update(answer="x", answered_at=NOW)


def test_a_sheet_with_a_past_deadline_is_not_published(project: Project) -> None:
    content = SheetInput(
        title={"en": "a"}, aim={"en": "b"}, sought={"en": "c"}, deadline=NOW.date() - timedelta(days=1)
    )
    given = {"project": project.room, "by": project.by, "now": NOW}
    seeking_partners.save_sheet(content=content, **given)
    with pytest.raises(UnableToSeek) as refused:
        seeking_partners.publish_sheet(**given)
    assert refused.value.code == "past"
