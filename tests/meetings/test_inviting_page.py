"""The host's page: what a list would do, the button that does it, and the invitations that there are."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings import inviting
from meetings.models import Invitation, Meeting
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def address(meeting):
    return reverse("invitations", args=[meeting.pk])


def fields(**given):
    return {"people": "", "company": "", "language": "sv", "previewed": "", **given}


def shown(answer):
    """What the form of an answer holds, as a browser would send it back."""
    form = answer.context["form"]
    return fields(
        people=form["people"].value() or "",
        company=form["company"].value() or "",
        language=form["language"].value(),
        previewed=form["previewed"].value() or "",
    )


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def test_a_list_is_shown_before_anybody_is_invited(page, address, meeting):
    text = "Anna Berg <anna@example.org>\nno address\nanna@example.org"
    answer = page.post(address, fields(people=text))
    assert answer.status_code == 200
    assert not Invitation.objects.exists()
    assert [one.invitee.email for one in answer.context["to_invite"]] == ["anna@example.org"]
    assert [(one.invitee.line, one.status) for one in answer.context["others"]] == [
        (2, "invalid"),
        (3, "repeated"),
    ]
    assert "Invite 1 person" in answer.text
    assert shown(answer)["people"] == text


def test_the_button_invites_those_shown_and_keeps_the_lines_that_were_wrong(page, address):
    text = "Anna Berg <anna@example.org>; lt\nno address\nPiotr <piotr@example.pl>"
    preview = page.post(address, fields(people=text))
    done = page.post(address, {**shown(preview), "invite": "yes"}, follow=True)
    invitations = Invitation.objects.order_by("name")
    assert list(invitations.values_list("person__email", "language")) == [
        ("anna@example.org", "lt"),
        ("piotr@example.pl", "sv"),
    ]
    assert said(done) == ["2 people invited. The emails are on their way.", "Not invited: not valid (1)"]
    assert shown(done)["people"] == "no address"
    assert [one.invitee.line for one in done.context["others"]] == [1]


def test_a_list_without_mistakes_leads_back_to_the_page(page, address):
    preview = page.post(address, fields(people="a@example.org"))
    done = page.post(address, {**shown(preview), "invite": "yes"})
    assert (done.status_code, done["Location"]) == (302, address)
    again = page.post(address, {**shown(preview), "invite": "yes"}, follow=True)
    assert said(again)[-1] == "Not invited: already invited (1)"
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("change", [{"people": "a@example.org\nb@example.org"}, {"previewed": "made-up"}])
def test_a_list_that_was_not_shown_is_shown_first(page, address, change):
    preview = page.post(address, fields(people="a@example.org"))
    answer = page.post(address, {**shown(preview), "invite": "yes", **change})
    assert answer.status_code == 200
    assert not Invitation.objects.exists()


def test_a_wrong_row_of_a_file_is_named_by_its_number_there_and_by_its_line_here(page, address):
    file = SimpleUploadedFile("list.csv", b"Name;Email\n\nBo;wrong\nEva;eva@example.org\nIda;wrong\n")
    preview = page.post(address, fields(people="a@example.org\nnobody", file=file))
    found = [(one.invitee.line, one.invitee.row) for one in preview.context["others"]]
    assert found == [(2, 0), (3, 3), (5, 5)]
    assert preview.text.count("of the file</small>") == 2
    again = page.post(address, shown(preview))
    assert [(one.invitee.line, one.invitee.row) for one in again.context["others"]] == [
        (2, 0),
        (3, 0),
        (5, 0),
    ]


def test_the_lines_of_a_file_are_added_to_those_typed(page, address):
    content = "Name;E-Mail;Sprache;Unternehmen\nJürgen Weiß;j@example.de;de;Wärme GmbH\nBo;wrong;;\n"
    file = SimpleUploadedFile("list.csv", content.encode("cp1252"))
    preview = page.post(address, fields(people="a@example.org", file=file))
    assert shown(preview)["people"].splitlines() == [
        "a@example.org",
        '"Jürgen Weiß" <j@example.de>; de; Wärme GmbH',
        "Bo; wrong",
    ]
    page.post(address, {**shown(preview), "invite": "yes"})
    made = Invitation.objects.get(person__email="j@example.de")
    assert (made.name, made.language, made.company_name) == ("Jürgen Weiß", "de", "Wärme GmbH")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK\x03\x04\x00", "This is not a CSV file."),
        (b"name;company\nBo;Heat", "No column in this file contains email addresses."),
        (b"a@example.org\n" * 501, "This file has 501 people."),
        (b" " * (1024 * 1024 + 1), "A list can be at most 1 MB."),
    ],
)
def test_a_file_that_is_no_list_is_refused_and_what_was_typed_stays(page, address, content, why):
    file = SimpleUploadedFile("list.csv", content)
    answer = page.post(address, fields(people="a@example.org", file=file))
    assert (answer.status_code, why in answer.text) == (422, True)
    assert shown(answer)["people"] == "a@example.org"


def test_people_of_a_company_are_named_without_their_addresses(page, address, meeting):
    company = factories.company(name="Baltijos vėjas")
    person = factories.person(company=company, name="Rasa Petrauskienė", language="lt")
    preview = page.post(address, fields(company=company.pk))
    assert "Rasa Petrauskienė" in preview.text
    assert person.email not in preview.text
    done = page.post(address, {**shown(preview), "invite": "yes"}, follow=True)
    assert meeting.invitations.get().person == person
    assert person.email not in done.text
    assert not page.get(address, {"q": person.email}).context["page"].object_list
    inviting.accept(invitation=meeting.invitations.get(), now=NOW)
    assert person.email in page.get(address).text


def test_an_empty_list_and_one_too_long_are_refused_in_words(page, address):
    answer = page.post(address, fields())
    assert (answer.status_code, "at least one email address" in answer.text) == (422, True)
    lines = "\n".join(f"a{n}@example.org" for n in range(501))
    answer = page.post(address, fields(people=lines))
    assert (answer.status_code, "This list has 501 lines." in answer.text) == (422, True)
    assert shown(answer)["people"] == lines


@pytest.mark.parametrize(
    ("state", "words", "nobody"),
    [
        ("draft", "Publish this meeting first.", "No one has been invited yet"),
        ("cancelled", "You can no longer invite people.", "Nobody was invited to this meeting."),
        ("ended", "You can no longer invite people.", "Nobody was invited to this meeting."),
    ],
)
def test_a_meeting_that_is_not_open_has_no_form(page, host, state, words, nobody):
    meeting = factories.meeting(host=host, state=state)
    address = reverse("invitations", args=[meeting.pk])
    answer = page.get(address)
    assert words in answer.text
    assert nobody in answer.text
    assert 'id="invite-form"' not in answer.text
    assert page.post(address, fields(people="a@example.org")).status_code == 409
    assert "Invite people" not in page.get(reverse("host_meeting", args=[meeting.pk])).text


def test_invitations_are_searched_and_filtered_by_the_url(page, address, meeting):
    factories.invitation(meeting=meeting, name="Elin Sandberg", company_name="Havslund Energi AB")
    factories.invitation(meeting=meeting, name="Tomasz Wiśniewski", state="declined")
    found = page.get(address, {"q": "havslund"}).context["page"]
    assert [one.name for one in found] == ["Elin Sandberg"]
    found = page.get(address, {"state": "declined"}).context["page"]
    assert [one.name for one in found] == ["Tomasz Wiśniewski"]
    assert len(page.get(address, {"state": "nonsense", "page": "x"}).context["page"].object_list) == 2
    assert "No invitation found" in page.get(address, {"q": "nobody of this name"}).text


def test_one_and_three_pages_take_the_same_number_of_queries(page, address, meeting):
    counts = []
    for number in (1, 120):
        for _ in range(number):
            factories.invitation(meeting=meeting)
        with CaptureQueriesContext(connection) as queries:
            answer = page.get(address)
        counts.append(len(queries))
    assert counts[1] <= counts[0]
    assert len(answer.context["page"].object_list) == 50
    assert "Page 1 of 3" in answer.text


def test_an_invitation_is_sent_again_by_a_button_that_comes_after_an_hour(page, address, meeting):
    invitation = factories.invitation(meeting=meeting)
    again = reverse("send_invitation_again", args=[invitation.pk])
    assert again not in (shown := page.get(address).text)
    assert "Can be sent again from" in shown
    assert "less than an hour ago" in said(page.post(again, follow=True))[-1]
    with time_machine.travel(NOW + timedelta(hours=1)):
        assert again in page.get(address).text
        assert said(page.post(again, follow=True))[-1].startswith("Invitation sent again: Person")
    invitation.refresh_from_db()
    assert invitation.times_sent == 2


def test_withdrawing_asks_first(page, address, meeting):
    invitation = factories.invitation(meeting=meeting, name="Elin Sandberg")
    withdraw = reverse("withdraw_invitation", args=[invitation.pk])
    assert withdraw in page.get(address).text
    asked = page.get(withdraw).text
    assert "Withdraw this invitation?" in asked
    assert "Elin Sandberg" in asked
    assert re.search(rf'href="{address}">\s*Go back', asked)
    assert said(page.post(withdraw, follow=True))[-1] == "Invitation withdrawn: Elin Sandberg"
    assert Invitation.objects.get(pk=invitation.pk).state == "withdrawn"
    assert "already" in said(page.post(withdraw, follow=True))[-1]


def test_hosts_of_other_meetings_manage_nothing_here(client_of, meeting):
    invitation = factories.invitation(meeting=meeting)
    other = client_of(factories.meeting().host)
    assert other.get(reverse("invitations", args=[meeting.pk])).status_code == 403
    for name in ("withdraw_invitation", "send_invitation_again"):
        assert other.post(reverse(name, args=[invitation.pk])).status_code == 404
    hidden = factories.invitation(meeting=factories.meeting(visibility=Meeting.Visibility.INVITED))
    assert other.get(reverse("invitations", args=[hidden.meeting_id])).status_code == 404
