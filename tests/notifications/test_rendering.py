"""An email: one language, the reader's time first, no header injection, the parts that calendars expect."""

from dataclasses import astuple, replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from companies import zones
from meetings import calendar
from notifications import email_content, mime, rendering
from notifications.email_content import EmailContent
from notifications.mime import Body, CalendarPart, Mail, QuotedTemplate, WrittenBody, message_bytes
from notifications.models import KINDS_OF_PREFERENCE, Notification
from tests import factories as make
from tests.factories import NOW, STARTS_AT
from tests.notifications.conftest import parsed
from tests.notifications.test_dispatching import WITHOUT_MEETING, row

Kind = Notification.Kind
OPTIONAL = {kind for kinds in KINDS_OF_PREFERENCE.values() for kind in kinds}
LANGUAGES = ["en", "sv", "pl", "de", "da", "lt"]
TITLES = {
    "en": "Heat from the sea water",
    "sv": "Värme ur havsvattnet",
    "pl": "Ciepło z wody morskiej",
    "de": "Wärme aus dem Meerwasser",
    "da": "Varme fra havvandet",
    "lt": "Šiluma iš jūros vandens",
}
WEEKDAYS = {
    "en": "Thursday",
    "sv": "torsdag",
    "pl": "czwartek",
    "de": "Donnerstag",
    "da": "torsdag",
    "lt": "ketvirtadienis",
}
TO_PEOPLE = [kind for kind in Kind if kind not in {Kind.CONTACT, Kind.REPLY}]
WITH_ENTRY = {
    Kind.CONFIRMATION: "REQUEST",
    Kind.INVITATION: "REQUEST",
    Kind.INVITED: "REQUEST",
    Kind.CHANGE: "REQUEST",
    Kind.CANCELLATION: "CANCEL",
    Kind.WITHDRAWN: "CANCEL",
    Kind.LAPSED: "CANCEL",
    Kind.PROPOSAL_DECLINED: "DECLINECOUNTER",
}


def notification(
    kind=Kind.CONFIRMATION, *, language="en", timezone="Europe/Stockholm", meeting=None, **details
):
    made = row(kind, details={"calendar": True, **details})
    for_reader = {"language": language, "timezone": timezone}
    if made.person:
        type(made.person).objects.filter(pk=made.person_id).update(**for_reader)
    if made.newsletter_request:
        type(made.newsletter_request).objects.filter(pk=made.newsletter_request_id).update(language=language)
    if made.invitation:
        type(made.invitation).objects.filter(pk=made.invitation_id).update(**for_reader)
    if made.registration:
        type(made.registration).objects.filter(pk=made.registration_id).update(**for_reader)
    if meeting and made.meeting:
        type(made.meeting).objects.filter(pk=made.meeting_id).update(**meeting)
    return Notification.objects.get(pk=made.pk)


def written(kind=Kind.CONFIRMATION, now=NOW, **reader):
    return rendering.mail_of(notification(kind, **reader), now=now)


def sent(kind=Kind.CONFIRMATION, **reader):
    return parsed(message_bytes(written(kind, **reader), sent_at=NOW))


# ---- changes ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_change_says_all_that_has_changed_with_what_was_there_before():
    changed = ["time", "title", "address", "format", "description", "speakers"]
    mail = written(
        Kind.CHANGE,
        meeting={"title": {"en": "Heat"}, "address": "Quay 2", "format": "both"},
        was={"starts_at": NOW.isoformat(), "ends_at": NOW.isoformat()},
        changed=changed,
        former={"title": {"sv": "Värme"}, "address": "Quay 1", "format": "on_site"},
    )
    for words in (
        "Previous time: Thursday 3 December 2026, 10:20–10:20.",
        "Previous title: Värme (Swedish)",
        "Previous place: Quay 1",
        "Format: online and on site (previously: on site)",
        "Also changed: description, speakers.",
    ):
        assert words in mail.text
    assert "Quay 1" in mail.html


@pytest.mark.django_db
def test_what_is_as_it_was_again_is_not_said_to_have_changed_from_itself():
    mail = written(
        Kind.CHANGE, meeting={"address": "Quay 1"}, changed=["address"], former={"address": "Quay 1"}
    )
    assert "Previous place" not in mail.text
    assert "What changed: place." in mail.text


# ---- language --------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
@pytest.mark.parametrize("kind", TO_PEOPLE)
def test_a_mail_is_whole_in_one_language(kind, language):
    """No sentence is as in English; the worker's active language is a third one."""
    about = {
        "was": {"starts_at": NOW.isoformat(), "ends_at": NOW.isoformat()},
        "changed": ["time", "title", "address", "description"],
        "former": {"title": {language: f"Former {language}", "en": "Former en"}, "format": "on_site"},
    }
    meeting = {
        "title": TITLES,
        "record": True,
        "address": "Danės g. 1",
        "format": "both",
        "interpreted_into": ["pl"],
        "interpretation_how": "+37061234567",
    }
    with translation.override("pl" if language != "pl" else "da"):
        mail = written(kind, language=language, meeting=meeting, **about)
        english = written(kind, language="en", meeting=meeting, **about)
    same = set(sentences(mail)) & set(sentences(english))
    assert not same
    if kind not in WITHOUT_MEETING and kind != Kind.ACCOUNT_DELETED:
        assert TITLES[language] in mail.text
        assert WEEKDAYS[language].lower() in mail.text.lower()


def sentences(mail):
    """Lines with three words and more that are not names, addresses or links."""
    # The last is the subject that a discussion was given.
    names = {"Southern Baltic Cleantech", "Danės g. 1", "[Harbour heat] Depths"}
    lines = [*mail.text.splitlines(), mail.subject, *mail.subject.split(": ")]
    return [
        line.strip()
        for line in lines
        if len(line.split()) > 2 and "://" not in line and line.strip() not in names
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_subject_text_and_html_say_their_language(language):
    message = sent(language=language, meeting={"title": TITLES})
    assert message["Content-Language"] == language
    html = message.get_body(("html",)).get_content()
    assert f'<html lang="{language}">' in html
    assert TITLES[language] in message["Subject"]
    assert TITLES[language] in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "in_subject", "in_first_line"),
    [
        ("sv", "14 jan.{year}, 10:00", "Torsdag"),
        ("da", "14. jan.{year}, 10.00", "Torsdag"),
        ("pl", "14 sty{year}, 10:00", "Czwartek"),
        ("de", "14. Jan.{year}, 10:00", "Donnerstag"),
        ("en", "14 Jan{year}, 10:00", "Thursday"),
    ],
)
def test_a_subject_has_a_short_date_and_its_year_only_when_it_is_not_this_one(
    language, in_subject, in_first_line
):
    mail = written(language=language)
    assert mail.subject.endswith(f", {in_subject.format(year=' 2027')}")
    assert mail.text.startswith(in_first_line)
    later = written(language=language, now=STARTS_AT - timedelta(days=3))
    assert later.subject.endswith(f", {in_subject.format(year='')}")


@pytest.mark.django_db
def test_a_short_date_in_lithuanian_is_in_words():
    assert written(language="lt").subject.endswith(", 2027 m. sausio 14 d., 10:00")
    soon = written(language="lt", now=STARTS_AT - timedelta(days=3))
    assert soon.subject.endswith(", sausio 14 d., 10:00")


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_time_is_written_as_in_the_readers_language(language):
    hours = "10.00–11.00" if language == "da" else "10:00–11:00"
    assert hours in written(language=language).text.splitlines()[0]


@pytest.mark.django_db
def test_a_registrations_language_and_zone_come_before_the_profiles():
    made = notification(language="de")
    made.person.language, made.person.timezone = "sv", "Europe/London"
    made.person.save()
    mail = rendering.mail_of(Notification.objects.get(pk=made.pk), now=NOW)
    assert mail.language == "de"
    assert "10:00–11:00" in mail.text


@pytest.mark.django_db
def test_a_title_not_translated_yet_says_so():
    text = written(language="lt", meeting={"title": {"sv": "Värme ur havet"}}).text
    assert "Värme ur havet" in text
    html = written(language="lt", meeting={"title": {"sv": "Värme ur havet"}}).html
    assert '<p lang="sv"' in html


@pytest.mark.django_db
def test_a_language_the_service_does_not_speak_falls_back_to_its_first():
    assert written(language="fi").language == "en"


@pytest.mark.django_db
def test_writing_a_mail_leaves_the_workers_own_language_as_it_was():
    with translation.override("pl"):
        written(language="de")
        assert translation.get_language() == "pl"


# ---- time ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reader", "hour", "beside"),
    [
        ("Europe/Vilnius", "11:00–12:00", ""),
        ("Europe/Copenhagen", "10:00–11:00", "Host’s time (Vilnius): 11:00–12:00."),
        ("Europe/London", "09:00–10:00", "Host’s time (Vilnius): 11:00–12:00."),
        ("Europe/Helsinki", "11:00–12:00", ""),
    ],
)
def test_a_vilnius_host_and_readers_elsewhere(reader, hour, beside):
    lines = written(timezone=reader, meeting={"timezone": "Europe/Vilnius"}).text.splitlines()
    place = reader.split("/")[1]
    assert lines[0] == f"Thursday 14 January 2027, {hour}"
    assert lines[1] == f"Your time zone: {place}. {beside}".strip()


@pytest.mark.parametrize(
    ("day", "clock", "london"),
    [
        (date(2027, 3, 27), time(10, 0), "08:00–09:00"),
        (date(2027, 3, 28), time(10, 0), "08:00–09:00"),
        (date(2027, 10, 31), time(10, 0), "08:00–09:00"),
        (date(2027, 3, 28), time(2, 30), "00:30–02:30"),  # across the clock change
    ],
)
def test_times_around_clock_changes(day, clock, london):
    starts_at = zones.instant(day, clock, "Europe/Vilnius")
    ends_at = starts_at + timedelta(hours=1)
    with translation.override("en"):
        assert email_content.time_range(starts_at, ends_at, "Europe/London").endswith(london)


def test_a_meeting_over_midnight_names_both_days():
    starts_at = datetime(2027, 1, 14, 22, 30, tzinfo=UTC)
    with translation.override("en"):
        words = email_content.time_range(starts_at, starts_at + timedelta(hours=1), "Europe/Stockholm")
    assert words == "Thursday 14 January 2027, 23:30 – Friday 15 January 2027, 00:30"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("before", "opening"),
    [
        (timedelta(minutes=10), "Today at 10:00"),
        (timedelta(hours=1), "Today at 10:00"),
        (timedelta(hours=24), "Tomorrow at 10:00"),
        (timedelta(hours=11), "Tomorrow at 10:00"),  # midnight in between
        (timedelta(days=7), "14 Jan, 10:00"),
    ],
)
def test_a_reminder_says_today_or_tomorrow_as_the_reader_would(before, opening):
    assert written(Kind.REMINDER, now=STARTS_AT - before).subject.startswith(f"{opening}: ")


@pytest.mark.django_db
def test_a_move_shows_the_previous_time_in_the_readers_zone():
    was = {"starts_at": "2027-01-13T12:00:00+00:00", "ends_at": "2027-01-13T13:00:00+00:00"}
    text = written(Kind.CHANGE, timezone="Europe/Vilnius", was=was, changed=["time"]).text
    assert "Previous time: Wednesday 13 January 2027, 14:00–15:00." in text


@pytest.mark.django_db
def test_a_cancellation_carries_the_hosts_own_words():
    assert (
        "The boiler broke." in written(Kind.CANCELLATION, meeting={"cancel_reason": "The boiler broke."}).text
    )


# ---- parts and headers -----------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_has_text_html_and_where_it_belongs_a_calendar_event(kind):
    message = sent(kind)
    method = WITH_ENTRY.get(kind)
    types = [part.get_content_type() for part in message.walk()]
    if method is None:
        assert types == ["multipart/alternative", "text/plain", "text/html"]
        return
    inner = ["multipart/alternative", "text/plain", "text/html", "text/calendar"]
    assert types == ["multipart/mixed", *inner, "application/ics"]
    entry = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    assert entry.get_param("method") == method
    assert entry.get_param("charset") == "utf-8"
    content = entry.get_payload(decode=True)
    assert calendar.parse(content)[0].method == method
    attached = next(message.iter_attachments())
    assert attached.get_filename() == "invite.ics"
    assert attached.get_payload(decode=True) == content


@pytest.mark.django_db
def test_the_event_is_for_the_recipient_alone_and_comes_from_the_sender(settings):
    settings.EMAIL_FROM = "Energi, Syd & Öst <post@example.org>"
    mail = written()
    facts = calendar.parse(mail.calendar.content)[0]
    assert facts.attendees == (mail.recipient[1],)
    assert facts.organizer == "post@example.org"
    message = parsed(message_bytes(mail, sent_at=NOW))
    assert [address.addr_spec for address in message["From"].addresses] == ["post@example.org"]
    assert message["From"].addresses[0].display_name == "Energi, Syd & Öst"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("details", "heading"),
    [
        ({"by_person": True}, "You’ve cancelled your registration"),
        ({"by_person": False}, "Your registration was cancelled"),
        ({"by_person": False, "offer_ended": True}, "Your seat offer has ended"),
    ],
)
def test_a_cancelled_registration_says_what_happened(details, heading):
    mail = written(Kind.WITHDRAWN, **details)
    assert mail.subject.startswith(f"{heading}: ")
    assert ("You did not accept the seat in time." in mail.text) == ("offer_ended" in details)


@pytest.mark.django_db
@pytest.mark.parametrize("capacity", [None, 20])
def test_others_wait_for_a_seat_only_where_seats_are_limited(capacity):
    text = written(meeting={"capacity": capacity}).text
    assert ("Someone else may be waiting for a seat." in text) == (capacity is not None)
    assert ("how many people to expect" in text) == (capacity is None)


@pytest.mark.django_db
@pytest.mark.parametrize("verified_at", [None, NOW])
def test_a_confirmation_asks_to_confirm_the_address_as_the_page_does(verified_at):
    made = notification()
    type(made.registration).objects.filter(pk=made.registration_id).update(verified_at=verified_at)
    text = rendering.mail_of(Notification.objects.get(pk=made.pk), now=NOW).text
    asks = "Confirm that this email address is yours." in text and "Confirm my registration:" in text
    assert asks == (verified_at is None)


@pytest.mark.django_db
def test_a_withdrawal_without_an_event_cancels_nothing():
    made = row(Kind.WITHDRAWN, details={"calendar": False})
    assert rendering.mail_of(made, now=NOW).calendar is None


@pytest.mark.django_db
@pytest.mark.parametrize("kind", list(Kind))
def test_only_what_is_repeated_can_be_unsubscribed_from(kind):
    message = sent(kind)
    if kind in OPTIONAL:
        assert message["List-Unsubscribe"].startswith("<http")
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message["List-Unsubscribe"].strip("<>") in message.get_body(("plain",)).get_content()
    else:
        assert message["List-Unsubscribe"] is None


@pytest.mark.django_db
def test_the_message_id_is_the_rows_own_and_stays(settings):
    made = notification()
    first = rendering.mail_of(made, now=NOW).message_id
    assert rendering.mail_of(made, now=NOW + timedelta(hours=1)).message_id == first
    assert first != written().message_id


@pytest.mark.django_db
@pytest.mark.parametrize("kind", TO_PEOPLE)
def test_a_mail_has_one_button_and_says_that_no_person_wrote_it(kind):
    mail = written(kind)
    assert mail.html.count('class="button"') == 1
    assert sent(kind)["Auto-Submitted"] == "auto-generated"


@pytest.mark.django_db
def test_button_and_calendar_event_have_the_personal_link():
    mail = written()
    link = next(line for line in mail.text.splitlines() if "/j/" in line)
    assert link in mail.html
    assert calendar.parse(mail.calendar.content)[0].location == link


@pytest.mark.django_db
def test_the_link_that_cancels_leads_to_the_page_that_cancels_while_the_room_is_open(client):
    made = notification()
    type(made.meeting).objects.update(starts_at=timezone.now(), ends_at=timezone.now() + timedelta(hours=1))
    text = rendering.mail_of(Notification.objects.get(pk=made.pk), now=NOW).text
    cancel = next(line for line in text.splitlines() if line.startswith("Cancel my registration: "))
    opened = client.get(cancel.partition(": ")[2])
    assert opened["Location"] == reverse("withdraw", args=[made.registration_id])
    button = next(line for line in text.splitlines() if line.startswith("http"))
    assert client.get(button)["Location"] == reverse("room", args=[made.meeting.room_id])


@pytest.mark.django_db
def test_what_people_write_is_not_obeyed_as_html():
    mail = written(meeting={"title": {"en": '<script>alert(1)</script> & "heat"'}})
    assert "<script>" not in mail.html
    assert '<script>alert(1)</script> & "heat"' in mail.text


@pytest.mark.django_db
def test_an_advertisement_given_as_a_name_is_in_no_email():
    made = notification()
    made.registration.name = "Win at http://evil.example now"
    made.registration.save()
    mail = rendering.mail_of(Notification.objects.get(pk=made.pk), now=NOW)
    assert "evil.example" not in mail.text
    assert "evil.example" not in mail.subject


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(rendering.BULK_KINDS))
def test_mails_set_once_for_many_are_the_same_as_each_written_alone(kind, monkeypatch):
    first = notification(kind)
    rows = [first]
    for language, registered_at in (("en", NOW - timedelta(days=3)), ("en", NOW), ("de", NOW)):
        person = make.person(name='<b>"Eve" & co</b>', language=language)
        registration = make.registration(
            meeting=first.meeting, person=person, language=language, registered_at=registered_at
        )
        about = {"person": person, "registration": registration, "recording": first.recording}
        about["host_message"] = first.host_message
        rows.append(
            Notification.objects.create(
                **about,
                kind=kind,
                minutes_before=first.minutes_before,
                meeting=first.meeting,
                dedupe_key="once",
                details=first.details,
                due_at=NOW,
                created_at=NOW,
            )
        )
    renderer = rendering.MailRenderer()
    with time_machine.travel(NOW, tick=False):  # a link contains the time at which it was signed
        together = [renderer.mail_of(each, now=NOW) for each in rows]
        monkeypatch.setattr(rendering, "BULK_KINDS", frozenset())
        for each, alone in zip(together, [rendering.mail_of(each, now=NOW) for each in rows], strict=True):
            assert (each.text, each.html) == (alone.text, alone.html)
            assert read_back(each.body) == (alone.text, alone.html)
            assert replace(each, body=alone.body) == alone


def shared_mail(text: str, html: str) -> rendering.SharedMail:
    content = EmailContent(subject="Heat", heading="Heat", language="en")
    shared = rendering.SharedMail(content)
    placeholders = astuple(rendering.PLACEHOLDERS)
    shared.text, shared.html = text, html
    shared.quoted_text, shared.quoted_html = (
        QuotedTemplate(text, placeholders),
        QuotedTemplate(html, placeholders),
    )
    return shared


def read_back(body: Body) -> tuple[str, str]:
    """What a mail program reads from the bytes."""
    message = parsed(message_bytes(plain_mail(body=body), sent_at=NOW))
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    return text.get_content().replace("\r\n", "\n"), html.get_content().replace("\r\n", "\n")


def test_a_readers_own_parts_are_escaped_in_html_and_nowhere_else():
    placeholder = rendering.PLACEHOLDERS
    words = shared_mail(
        f"{placeholder.link}\n", f'<a href="{placeholder.link}">{placeholder.registered}</a>\n'
    )
    filled = words.for_one(rendering.PersonalParts('https://x/"><script>', "", "1 < 2")).body
    assert filled.text == 'https://x/"><script>\n'
    assert filled.html == '<a href="https://x/&quot;&gt;&lt;script&gt;">1 &lt; 2</a>\n'
    assert read_back(filled) == (filled.text, filled.html)


PARTS = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=160)


@given(around=st.tuples(PARTS, PARTS, PARTS), own=st.tuples(PARTS, PARTS))
def test_parts_encoded_one_by_one_read_as_the_whole(around, own):
    placeholder, (first, second, third) = rendering.PLACEHOLDERS, around
    text = f"{first}{placeholder.link}{second}\n.{placeholder.registered}{third}\n"
    filled = shared_mail(text, text).for_one(rendering.PersonalParts(own[0], "", own[1])).body
    content = message_bytes(plain_mail(body=filled), sent_at=NOW)
    assert max(len(line) for line in content.split(b"\r\n")) <= 76
    assert read_back(filled) == (filled.text, filled.html)


def plain_mail(**fields):
    given_fields = {
        "reference": "notification-7",
        "sender": ("Southern Baltic Cleantech", "post@example.org"),
        "recipient": ("Elin", "elin@example.org"),
        "subject": "You’re registered",
        "language": "en",
        "body": WrittenBody("Hello\n", "<p>Hello</p>\n"),
    }
    return Mail(**{**given_fields, **fields})


@given(name=st.text(max_size=200), subject=st.text(max_size=400), sender=st.text(max_size=80))
def test_no_name_and_no_subject_can_add_a_header_or_a_recipient(name, subject, sender):
    mail = plain_mail(
        recipient=(name, "elin@example.org"), subject=subject, sender=(sender, "post@example.org")
    )
    content = message_bytes(mail, sent_at=NOW)
    message = parsed(content)
    expected = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress"}
    assert set(message.keys()) == {*expected, "Content-Language", "MIME-Version", "Content-Type"}
    assert [address.addr_spec for address in message["To"].addresses] == ["elin@example.org"]
    assert [address.addr_spec for address in message["From"].addresses] == ["post@example.org"]
    assert content.isascii()
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))


@pytest.mark.parametrize(
    "name",
    [
        "Eve\r\nBcc: all@example.org",
        "Eve\x85Bcc: x",
        "Eve\u2028Bcc: x",
        "Eve\x00",
        "Sandberg, Elin",
        'Elin "E"',
        "Ž" * 200,
    ],
)
def test_names_that_have_broken_headers_elsewhere(name):
    message = parsed(message_bytes(plain_mail(recipient=(name, "elin@example.org")), sent_at=NOW))
    assert message["Bcc"] is None
    assert [address.addr_spec for address in message["To"].addresses] == ["elin@example.org"]


@pytest.mark.parametrize(
    "address",
    ["", "elin", "elin@", "a b@example.org", "a@b\r\nRCPT TO:<x@y>", "å@example.org", "a,b@example.org"],
)
def test_an_unusable_address_is_refused(address):
    with pytest.raises(mime.UnusableAddress):
        message_bytes(plain_mail(recipient=("", address)), sent_at=NOW)


def test_an_international_domain_is_written_in_ascii():
    assert mime.ascii_address("elin@kraft-värme.se") == "elin@xn--kraft-vrme-w5a.se"


@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=500))
def test_text_arrives_as_it_was_written(text):
    body = parsed(
        message_bytes(plain_mail(body=WrittenBody(f"{text}\n.\nFrom here\n", "")), sent_at=NOW)
    ).get_body(("plain",))
    assert body.get_payload(decode=True).decode() == f"{text}\n.\nFrom here\n".replace("\n", "\r\n")


def test_the_same_mail_gives_the_same_bytes():
    mail = plain_mail(calendar=CalendarPart("REQUEST", b"BEGIN:VCALENDAR\r\n"))
    assert message_bytes(mail, sent_at=NOW) == message_bytes(mail, sent_at=NOW)


# ---- who gets the replies --------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("kind", TO_PEOPLE)
def test_replies_go_to_the_contact_address_unless_the_host_agreed(kind, settings):
    settings.CONTACT_EMAIL = "contact@example.org"
    made = notification(kind)
    if made.host_message:  # its writer was told that replies come to them
        type(made.host_message.sender).objects.update(company=None)
        made = Notification.objects.get(pk=made.pk)
    reply_to = parsed(message_bytes(rendering.mail_of(made, now=NOW), sent_at=NOW))["Reply-To"]
    assert reply_to.addresses[0].addr_spec == "contact@example.org"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("host", "is_shown"),
    [
        ({"member": True}, True),
        ({"is_secretariat": True}, True),
        ({}, False),  # a guest
        ({"member": True, "is_active": False}, False),
    ],
)
def test_a_hosts_address_is_shown_only_when_they_agreed_and_are_no_guest(host, is_shown, settings):
    settings.CONTACT_EMAIL = "contact@example.org"
    fields = dict(host)
    company = make.company() if fields.pop("member", False) else None
    meeting = make.meeting(host=make.person(company=company, **fields), replies_to_host=True)
    made = row(registration=make.registration(meeting=meeting), meeting=meeting)
    mail = rendering.mail_of(Notification.objects.get(pk=made.pk), now=NOW)
    assert mail.reply_to == (meeting.host.email if is_shown else "contact@example.org")
    assert (meeting.host.email in message_bytes(mail, sent_at=NOW).decode()) is is_shown


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "weekday"), [("sv", "torsdag"), ("pl", "czwartek"), ("da", "torsdag")])
def test_the_previous_time_of_a_move_has_a_small_weekday(language, weekday):
    was = {"starts_at": STARTS_AT.isoformat(), "ends_at": (STARTS_AT + timedelta(hours=1)).isoformat()}
    mail = written(Kind.CHANGE, language=language, was=was, changed=["time"])
    assert f": {weekday}" in mail.text
