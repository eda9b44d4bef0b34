"""Inviting to a meeting and the later ones of its series: one email to each person, and each answer by itself."""

from dataclasses import replace
from datetime import time, timedelta

import pytest
import time_machine
from django.urls import reverse

from companies.models import Person
from meetings import changing, changing_series, inviting, meeting_input
from meetings.invitation_lists import Invitee
from meetings.inviting import UnableToInvite
from meetings.links import invitation_link
from meetings.models import Invitation, Meeting
from meetings.recipients import recipients, told_in_one_email
from notifications.models import Notification
from tests import factories as make
from tests.factories import NOW, STARTS_AT

pytestmark = pytest.mark.django_db
Kind = Notification.Kind
WEEK = timedelta(days=7)
LATER = NOW + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def at_noon():
    """Links have the time in them."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def meetings():
    host, series = make.member(name="Rasa"), make.series()
    common = {"host": host, "series": series, "visibility": "invited"}
    return [
        make.meeting(**common, series_position=number + 1, starts_at=STARTS_AT + number * WEEK)
        for number in range(3)
    ]


def invitee(name, **fields):
    return Invitee(email=f"{name}@example.org", name=name.capitalize(), language="en", **fields)


def invite(meetings, *names, at=0):
    return inviting.invite_to_series(
        meeting=meetings[at], invitees=[invitee(name) for name in names], by=meetings[0].host, now=NOW
    )


def test_each_person_gets_one_email_with_all_dates_and_a_link_to_answer_each(meetings, send, mailer):
    results = invite(meetings, "ada", "bo")
    assert [one.status for one in results] == ["invited", "invited"]
    assert Invitation.objects.count() == 6
    send(NOW)
    assert len(mailer.mails) == 2
    (mail,) = mailer.to("ada@example.org")
    assert mail.subject == "You’re invited to 3 meetings: Heat from harbour water"
    for invitation in Invitation.objects.filter(person__email="ada@example.org"):
        assert invitation_link(invitation) in mail.text
    assert mail.calendar is not None
    assert (mail.calendar.method, mail.calendar.content.count(b"BEGIN:VEVENT")) == ("PUBLISH", 3)
    assert set(Notification.objects.filter(kind=Kind.INVITED).values_list("state", flat=True)) == {"sent"}


def test_from_a_later_meeting_on_and_not_what_is_cancelled_or_a_draft(meetings, send, mailer):
    Meeting.objects.filter(pk=meetings[2].pk).update(state="draft")
    invite(meetings, "ada", at=1)
    assert [one.meeting_id for one in Invitation.objects.all()] == [meetings[1].pk]
    send(NOW)
    assert mailer.mails[0].subject.startswith("You’re invited: ")


def test_who_takes_part_in_one_already_is_invited_to_the_others_alone(meetings, send, mailer):
    make.registration(meeting=meetings[0], person=make.person(email="ada@example.org"))
    (result,) = invite(meetings, "ada")
    assert result.status == "invited"
    send(NOW)
    assert [mail.subject[:32] for mail in mailer.mails] == ["You’re invited to 2 meetings: He"]


@pytest.mark.parametrize(("cancelled", "emails"), [(2, 1), (0, 2)])  # without its lead each goes by itself
def test_a_meeting_cancelled_before_it_leaves_is_not_in_it(meetings, send, mailer, cancelled, emails):
    invite(meetings, "ada")
    changing.cancel_meeting(meeting=meetings[cancelled], reason="", now=NOW)
    send(NOW)
    mails = mailer.to("ada@example.org")
    assert len(mails) == emails
    text = "".join(mail.text for mail in mails)
    for number, meeting in enumerate(meetings):
        link = invitation_link(Invitation.objects.get(meeting=meeting))
        assert (link in text) is (number != cancelled)


def test_an_answer_to_one_leaves_the_others_open(meetings, send, mailer):
    invite(meetings, "ada")
    send(NOW)
    first = Invitation.objects.get(meeting=meetings[0])
    inviting.accept(invitation=first, now=NOW + timedelta(minutes=5))
    send(NOW + timedelta(minutes=5))
    assert set(Invitation.objects.values_list("meeting", "state")) == {
        (meetings[0].pk, "accepted"),
        (meetings[1].pk, "invited"),
        (meetings[2].pk, "invited"),
    }
    confirmation = mailer.to("ada@example.org")[-1]
    assert confirmation.calendar.method == "REQUEST"


def test_all_or_none_are_invited(meetings, monkeypatch):
    real = inviting._invite_to

    def failing(meeting, *rest):
        if meeting.pk == meetings[2].pk:
            raise RuntimeError("the database went away")
        return real(meeting, *rest)

    monkeypatch.setattr(inviting, "_invite_to", failing)
    with pytest.raises(RuntimeError):
        invite(meetings, "ada")
    assert not Invitation.objects.exists()
    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    ("step", "subject"),
    [
        ("cancel", "3 meetings cancelled: Heat from harbour water"),
        ("move", "3 meetings changed: Heat from harbour water"),
        ("rename", "3 meetings changed: Heat from the quay"),
    ],
)
def test_a_change_of_several_is_one_email_to_whom_they_came_in_one(meetings, send, mailer, step, subject):
    invite(meetings, "ada")
    send(NOW)
    mailer.mails.clear()
    before = meeting_input.details_of(meetings[0])
    ada = Person.objects.get(email="ada@example.org")
    assert [told_in_one_email(one, recipients(one)) for one in meetings] == [{ada.pk}] * 3
    if step == "cancel":
        changing_series.cancel_following(meeting=meetings[0], reason="The harbour is frozen", now=LATER)
    else:
        changes = {"local_time": time(15)} if step == "move" else {"title": {"en": "Heat from the quay"}}
        changing_series.change_following(meeting=meetings[0], details=replace(before, **changes), now=LATER)
    send(LATER)
    (mail,) = mailer.to("ada@example.org")
    assert mail.subject == subject
    assert (mail.calendar.method, mail.calendar.content.count(b"BEGIN:VEVENT")) == ("PUBLISH", 3)
    links = [invitation_link(one) in mail.text for one in Invitation.objects.filter(person=ada)]
    assert links == [step != "cancel"] * 3
    assert meetings[0].series.get_absolute_url() not in mail.text, "it may be closed to who is invited"


def test_a_meeting_that_was_accepted_is_told_of_by_itself(meetings, send, mailer):
    invite(meetings, "ada")
    send(NOW)
    inviting.accept(invitation=Invitation.objects.get(meeting=meetings[0]), now=NOW)
    send(NOW)
    mailer.mails.clear()
    changing_series.cancel_following(meeting=meetings[0], reason="", now=LATER)
    send(LATER)
    mails = mailer.to("ada@example.org")
    assert sorted((mail.calendar.method, mail.subject[:9]) for mail in mails) == [
        ("CANCEL", "Cancelled"),
        ("PUBLISH", "2 meeting"),
    ]


@pytest.mark.parametrize("limit", ["MOST_A_DAY", "MOST_OF_MEETING"])
def test_more_than_the_limits_allow_for_all_meetings_are_refused_before_anybody_is_invited(
    meetings, monkeypatch, limit
):
    make.invitation(meeting=meetings[2])
    monkeypatch.setattr(inviting, limit, 6 if limit == "MOST_A_DAY" else 2)
    two, three = ([invitee(name) for name in names] for names in (("ada",), ("ada", "bo", "cleo")))
    given = {"meeting": meetings[0], "by": meetings[0].host, "now": NOW}
    for flow in (inviting.preview_series, inviting.invite_to_series):
        with pytest.raises(UnableToInvite) as refusal:
            flow(invitees=three, **given)
        assert refusal.value.code == "too_many"
    assert Invitation.objects.count() == 1
    assert not Person.objects.filter(email="bo@example.org").exists()
    assert not Notification.objects.exists()
    assert [one.status for one in inviting.preview_series(invitees=two, **given)] == ["invited"]
    assert [one.status for one in inviting.invite_to_series(invitees=two, **given)] == ["invited"]


def test_people_are_made_before_all_meetings_are_locked_at_once(meetings, monkeypatch):
    real, locked = inviting.lock_all, []

    def noted(found):
        locked.append(({one.pk for one in found}, Person.objects.filter(email="ada@example.org").exists()))
        return real(found)

    monkeypatch.setattr(inviting, "lock_all", noted)
    invite(meetings, "ada")
    assert locked == [({one.pk for one in meetings}, True)]


def test_who_is_invited_to_the_first_can_be_invited_to_the_later_ones_from_its_page(meetings, client):
    by = meetings[0].host
    inviting.invite(meeting=meetings[0], invitees=[invitee("ada")], by=by, now=NOW)
    client.force_login(by)
    address = reverse("invitations", args=[meetings[0].pk])
    given = {"people": "ada@example.org", "language": "en", "to_series": "on"}
    preview = client.post(address, given)
    assert len(preview.context["to_invite"]) == 1
    assert 'name="invite"' in preview.text
    previewed = preview.context["form"]["previewed"].value()
    done = client.post(address, {**given, "previewed": previewed, "invite": "yes"}, follow=True)
    assert "1 person invited." in done.text
    assert Invitation.objects.count() == 3
    again = client.post(address, given)
    assert not again.context["to_invite"]
    assert 'name="invite"' not in again.text


def test_the_page_says_that_not_all_can_be_invited_to_each(meetings, client, monkeypatch):
    monkeypatch.setattr(inviting, "MOST_A_DAY", 2)
    client.force_login(meetings[0].host)
    given = {"people": "ada@example.org", "language": "en", "to_series": "on"}
    answer = client.post(reverse("invitations", args=[meetings[0].pk]), given)
    assert answer.status_code == 422
    assert "Not everyone in this list can be invited to all of these meetings." in answer.text
    assert answer.context["form"]["people"].value() == "ada@example.org"


def test_the_page_offers_it_where_there_are_later_meetings(meetings, client):
    client.force_login(meetings[0].host)
    address, last = (reverse("invitations", args=[one.pk]) for one in (meetings[0], meetings[2]))
    with time_machine.travel(NOW, tick=False):
        assert "to_series" in client.get(address).context["form"].fields
        assert "to_series" not in client.get(last).context["form"].fields
        given = {"people": "ada@example.org", "language": "en", "to_series": "on"}
        preview = client.post(address, given)
        form = preview.context["form"]
        assert form["to_series"].value() is True
        previewed = {"previewed": form["previewed"].value(), "invite": "yes"}
        without = client.post(address, {**given, **previewed, "to_series": ""})
        assert without.status_code == 200  # it is another list than the one shown
        assert not Invitation.objects.exists()
        client.post(address, {**given, **previewed})
    assert Invitation.objects.count() == 3
