"""Emails to somebody who was added to a company, or whose company was put into a project room."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from companies import editing
from companies.models import Person
from notifications.models import Notification
from projects import creating, signals
from tests import factories as make
from tests.factories import NOW
from tests.notifications.conftest import InMemoryMailer, Send

pytestmark = pytest.mark.django_db
Kind, Reason = Notification.Kind, Notification.DropReason


def add(company: Any, email: str, by: Person, now: Any = NOW) -> Person:
    return editing.add_person(company=company, email=email, by=by, now=now)


def open_room(by: Person, *partners: Any) -> Any:
    return creating.create_project_room(
        by=by,
        title={"en": "Heat for the harbour", "lt": "Šiluma uostui"},
        purpose={"en": "One bid for the port of Klaipėda."},
        companies=[by.company, *partners],
        now=NOW,
    )


# ---- a colleague -----------------------------------------------------------------------------------------


def test_a_colleague_who_is_added_on_the_company_page_is_told_in_their_language(
    client: Client, mailer: InMemoryMailer, send: Send
) -> None:
    company = make.company(name="Marių Šiluma")
    admin = make.person(company=company, is_company_admin=True, name="Elin Sandberg")
    known = make.person(language="lt")
    client.force_login(admin)
    client.post(reverse("add_person", args=[company.slug]), {"email": known.email, "name": "Ieva"})
    planned = Notification.objects.get(kind=Kind.COLLEAGUE_ADDED)
    assert planned.person == known
    send(planned.due_at)
    (mail,) = mailer.to(known.email)
    assert (mail.language, mail.calendar) == ("lt", None)
    assert "Marių Šiluma" in mail.subject
    for part in ("Marių Šiluma", "Elin Sandberg", known.email, reverse("account_login"), reverse("contact")):
        assert part in mail.text
        assert part in mail.html


def test_somebody_new_is_told_in_the_language_of_whoever_adds_them() -> None:
    admin = make.person(company=make.company(country="PL"), language="pl", timezone="Europe/Warsaw")
    added = add(admin.company, "new@example.org", admin)
    assert (added.language, added.timezone, added.country) == ("pl", "Europe/Warsaw", "PL")


def test_a_colleague_is_told_once_a_day_however_often_they_are_removed_and_added() -> None:
    admin = make.member(is_company_admin=True)
    for _ in range(3):
        added = add(admin.company, "new@example.org", admin)
        add(admin.company, "new@example.org", admin)
        editing.remove_person(company=admin.company, person=added, now=NOW)
    assert Notification.objects.filter(kind=Kind.COLLEAGUE_ADDED).count() == 1
    add(admin.company, "new@example.org", admin, NOW + timedelta(days=1))
    assert Notification.objects.filter(kind=Kind.COLLEAGUE_ADDED).count() == 2


def test_nobody_is_told_that_they_were_added_again() -> None:
    admin = make.member()
    colleague = make.person(company=admin.company)
    add(admin.company, colleague.email, admin)
    assert not Notification.objects.exists()


def test_nobody_is_moved_from_another_company() -> None:
    admin, stranger = make.member(), make.member()
    with pytest.raises(editing.UnableToAdd, match="another company"):
        add(admin.company, stranger.email, admin)
    stranger.refresh_from_db()
    assert stranger.company != admin.company
    assert not Notification.objects.exists()


def test_who_was_removed_before_the_mail_left_is_told_nothing(mailer: InMemoryMailer, send: Send) -> None:
    admin = make.member()
    added = add(admin.company, "new@example.org", admin)
    editing.remove_person(company=admin.company, person=added, now=NOW)
    send(NOW)
    assert mailer.mails == []
    assert Notification.objects.get().drop_reason == Reason.NOT_IN_COMPANY


# ---- a project room --------------------------------------------------------------------------------------


def test_the_people_of_a_project_rooms_companies_are_told_once(mailer: InMemoryMailer, send: Send) -> None:
    by, partner = make.member(name="Elin Sandberg"), make.member(language="lt")
    own_colleague = make.person(company=by.company)
    make.person(company=partner.company, is_active=False)
    make.member()
    project = open_room(by, partner.company)
    # Companies that are added later bring those already there along.
    signals.companies_added.send(
        type(project), project=project, companies={partner.company.pk}, by=by, now=NOW
    )
    send(NOW)
    assert {mail.recipient[1] for mail in mailer.mails} == {partner.email, own_colleague.email}
    assert len(mailer.mails) == 2
    (mail,) = mailer.to(partner.email)
    assert (mail.language, mail.calendar) == ("lt", None)
    assert "Šiluma uostui" in mail.subject
    parts = ("One bid for the port", "Elin Sandberg", by.company.name, partner.company.name, partner.email)
    for part in (*parts, reverse("project_room", args=[project.pk])):
        assert part in mail.text
        assert part in mail.html


def test_a_company_that_is_added_later_is_told_and_the_others_are_not(
    mailer: InMemoryMailer, send: Send
) -> None:
    by, partner, later = make.member(), make.member(), make.member()
    project = open_room(by, partner.company)
    send(NOW)
    project.room.companies.add(later.company)
    signals.companies_added.send(type(project), project=project, companies={later.company.pk}, by=by, now=NOW)
    send(NOW)
    assert [mail.recipient[1] for mail in mailer.mails] == [partner.email, later.email]


def test_who_left_the_company_before_the_mail_left_is_told_nothing(
    mailer: InMemoryMailer, send: Send
) -> None:
    by, partner = make.member(), make.member()
    open_room(by, partner.company)
    Person.objects.filter(pk=partner.pk).update(company=None)
    send(NOW)
    assert mailer.mails == []
    assert Notification.objects.get().drop_reason == Reason.NOT_IN_ROOM


def test_a_room_with_many_companies_names_some_of_them() -> None:
    from notifications import rendering

    by, partner = make.member(), make.member()
    open_room(by, *[partner.company, *(make.company() for _ in range(60))])
    mail = rendering.mail_of(Notification.objects.get(person=partner), now=NOW)
    assert len(mail.text) < 3000
