"""Who has promised something is reminded until it is done, and says so without signing in."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from notifications import relevance
from notifications.links import action_link
from notifications.models import Notification
from projects import acting, agreeing
from projects.models import Action, ProjectRoom
from tests.factories import NOW
from tests.projects.conftest import Project
from tests.projects.test_actions import write
from tests.projects.test_members import change_state, remove

pytestmark = pytest.mark.django_db
DUE = (NOW + timedelta(days=10)).date()


def reminded(project: Project) -> list[int | None]:
    rows = Notification.objects.filter(kind=Notification.Kind.ACTION_DUE)
    return list(rows.order_by("pk").values_list("person", flat=True))


def test_the_owner_is_reminded_the_day_before_and_each_week_until_it_is_done(project: Project) -> None:
    action = write(project, person=project.member, due_on=DUE)
    for days, mails in ((8, 0), (9, 1), (10, 1), (15, 1), (16, 2)):
        acting.remind_of_due_actions(now=NOW + timedelta(days=days, hours=1))
        acting.remind_of_due_actions(now=NOW + timedelta(days=days, hours=1))
        assert len(reminded(project)) == mails, days
    (first, _second) = Notification.objects.filter(kind=Notification.Kind.ACTION_DUE)
    assert relevance.reason_to_drop(first, now=NOW) is None
    acting.set_done(action=action, is_done=True, by=project.by, now=NOW)
    first.refresh_from_db()
    fresh = Notification.objects.get(pk=first.pk)
    assert relevance.reason_to_drop(fresh, now=NOW) == Notification.DropReason.ACTION_DONE
    acting.remind_of_due_actions(now=NOW + timedelta(days=40))
    assert len(reminded(project)) == 2


def test_all_people_of_a_company_are_reminded_and_nobody_who_may_not_read(project: Project) -> None:
    write(project, company=project.theirs, due_on=DUE)
    write(project, person=project.lead)  # on no day
    acting.remind_of_due_actions(now=NOW + timedelta(days=12))
    assert reminded(project) == [project.member.pk]
    (mail,) = Notification.objects.filter(kind=Notification.Kind.ACTION_DUE)
    agreeing.write_terms(project=project.room, text={"en": "Quiet."}, expected=0, by=project.by, now=NOW)
    assert relevance.reason_to_drop(mail, now=NOW) == Notification.DropReason.NOT_IN_ROOM


def test_a_reminder_of_an_archived_project_waits_until_it_is_open_again(project: Project) -> None:
    write(project, person=project.member, due_on=DUE)
    change_state(project, ProjectRoom.State.ARCHIVED)
    acting.remind_of_due_actions(now=NOW + timedelta(days=9, hours=1))
    assert reminded(project) == []
    change_state(project, ProjectRoom.State.OPEN)
    acting.remind_of_due_actions(now=NOW + timedelta(days=10))
    assert reminded(project) == [project.member.pk]


def test_the_link_of_the_email_asks_first_and_works_for_its_reader_alone(project: Project) -> None:
    action = write(project, person=project.member, due_on=DUE)
    client, link = Client(), action_link(project.member, action)
    assert action.text in client.get(link).content.decode()
    client.head(link)
    assert Action.objects.open().exists()
    for wrong in (action_link(project.lead, action), re.sub(r"/done/\d+", "/done/1", link)):
        answer = client.post(wrong)
        assert answer.status_code == 404
        assert action.text not in answer.content.decode()
    assert Action.objects.open().exists()
    assert client.post(link).status_code == 200
    action.refresh_from_db()
    assert action.done_by == project.member
    remove(project, project.member)
    assert client.get(link).status_code == 404
