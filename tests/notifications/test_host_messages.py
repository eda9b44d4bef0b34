"""A host's own message: who gets it, in which language, once, and not after a cancellation or a no."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from meetings import changing, inviting, registering, registration_states
from meetings.models import Meeting, Registration
from notifications import delivery_report, messaging
from notifications.messaging import UnableToMessage, WrittenMessage
from notifications.models import HostMessage, Notification
from notifications.personal_data import delete_old_host_messages
from tests import factories as make
from tests.factories import NOW, STARTS_AT
from tests.notifications.conftest import parsed

pytestmark = pytest.mark.django_db
Audience, Kind = HostMessage.Audience, Notification.Kind
SUBJECT = {"en": "Parking", "sv": "Parkering"}
TEXT = {"en": "Use the north entrance.\n\nSee you there.", "sv": "Använd den norra ingången."}


@pytest.fixture
def host():
    return make.member(name="Rasa Petrauskienė", email="rasa@example.org")


@pytest.fixture
def meeting(host):
    return make.meeting(host=host)


def written(audience=Audience.EVERYONE, subject=SUBJECT, text=TEXT):
    return WrittenMessage(audience=audience, subject=subject, text=text)


def post(meeting, audience=Audience.EVERYONE, by=None, now=NOW, **more):
    return messaging.send_message(
        meeting=meeting, written=written(audience), by=by or meeting.host, now=now, **more
    )


def readers(message):
    return {row.person.email for row in message.notifications.select_related("person")}


def somebody(name, **fields):
    return make.person(email=f"{name}@example.org", name=name.capitalize(), **fields)


def of_each_state(meeting):
    for state in ("confirmed", "waitlisted", "pending", "cancelled"):
        make.registration(meeting=meeting, person=somebody(state), state=state)
    make.invitation(meeting=meeting, person=somebody("invited"))
    make.invitation(meeting=meeting, person=somebody("declined"), state="declined")
    make.role(meeting, somebody("speaker"))


@pytest.mark.parametrize(
    ("audience", "who"),
    [
        (Audience.EVERYONE, {"confirmed", "waitlisted", "pending", "invited", "speaker"}),
        (Audience.REGISTERED, {"confirmed"}),
        (Audience.WAITLISTED, {"waitlisted"}),
        (Audience.PENDING, {"pending"}),
        (Audience.INVITED, {"invited"}),
        (Audience.TEST, {"rasa"}),
    ],
)
def test_each_group_gets_what_is_written_to_it(meeting, audience, who, send, mailer):
    of_each_state(meeting)
    message = post(meeting, audience)
    assert readers(message) == {f"{name}@example.org" for name in who}
    send(NOW)
    assert {mail.recipient[1] for mail in mailer.mails} == readers(message)


def attended(meeting, person, minutes=3):
    joined = meeting.starts_at
    make.presence(
        room=meeting.room, person=person, joined_at=joined, left_at=joined + timedelta(minutes=minutes)
    )


@pytest.fixture
def held(host):
    """An online meeting that is over: Ada looked in for three minutes, Bo did not."""
    meeting = make.meeting(
        host=host, state="ended", started_at=STARTS_AT, ended_at=STARTS_AT + timedelta(hours=1)
    )
    ada, bo = somebody("ada"), somebody("bo")
    for person in (ada, bo):
        make.registration(meeting=meeting, person=person)
    make.registration(meeting=meeting, person=somebody("late"), state="waitlisted")
    attended(meeting, ada)
    return meeting


AFTER = STARTS_AT + timedelta(hours=3)


@pytest.mark.parametrize(
    ("audience", "who"), [(Audience.ATTENDED, {"ada@example.org"}), (Audience.MISSED, {"bo@example.org"})]
)
def test_after_the_end_those_who_came_and_those_who_did_not_are_told_apart(held, audience, who):
    assert readers(post(held, audience, now=AFTER)) == who


@pytest.mark.parametrize(
    "fields",
    [{"format": "on_site"}, {"format": "both"}, {"started_at": None}, {"anonymised_at": STARTS_AT}],
)
def test_nobody_is_said_to_have_missed_what_they_may_have_attended(held, fields):
    Meeting.objects.filter(pk=held.pk).update(**fields)
    held.refresh_from_db()
    assert Audience.MISSED not in messaging.audiences(held, now=AFTER)
    with pytest.raises(UnableToMessage) as refused:
        post(held, Audience.MISSED, now=AFTER)
    assert refused.value.code == "not_attended"


def test_each_reads_their_own_language_with_replies_to_the_host(meeting, send, mailer):
    for language in ("sv", "lt"):
        person = somebody(language, language=language)
        make.registration(meeting=meeting, person=person)
    post(meeting)
    send(NOW)
    (swedish,), (lithuanian,) = mailer.to("sv@example.org"), mailer.to("lt@example.org")
    assert swedish.subject.startswith("Parkering: ")
    assert "Använd den norra ingången." in swedish.text
    assert "Rasa Petrauskienė" in swedish.text
    assert "Use the north entrance.\n\nSee you there." in lithuanian.text
    assert 'lang="en"' in lithuanian.html
    assert {mail.reply_to for mail in mailer.mails} == {"rasa@example.org"}
    assert not any("List-Unsubscribe" in dict(mail.headers) for mail in mailer.mails)


def test_the_address_of_a_guest_is_not_shown(send, mailer, settings):
    meeting = make.meeting(host=make.person())
    make.registration(meeting=meeting)
    post(meeting)
    send(NOW)
    assert mailer.mails[0].reply_to == settings.CONTACT_EMAIL


def test_what_a_host_writes_is_escaped(meeting, send, mailer):
    make.registration(meeting=meeting)
    text = {"en": '<script>alert(1)</script> & "x"'}
    messaging.send_message(
        meeting=meeting,
        written=written(subject={"en": "A\r\nBcc: x@example.org"}, text=text),
        by=meeting.host,
        now=NOW,
    )
    send(NOW)
    (mail,) = mailer.mails
    assert "<script>" not in mail.html
    assert "\n" not in mail.subject
    assert text["en"] in mail.text


# ---- once ------------------------------------------------------------------------------------------------


def test_a_button_pressed_twice_sends_once(meeting):
    make.registration(meeting=meeting)
    first, second = (post(meeting, key="abcdefgh12345678") for _ in range(2))
    assert first.pk == second.pk == "abcdefgh12345678"
    assert Notification.objects.filter(kind=Kind.HOST_MESSAGE).count() == 1


def test_the_key_of_another_message_is_not_taken_over(meeting):
    make.registration(meeting=meeting)
    theirs = make.meeting()
    make.registration(meeting=theirs)
    post(theirs, key="abcdefgh12345678")
    assert post(meeting, key="abcdefgh12345678").pk != "abcdefgh12345678"
    assert HostMessage.objects.count() == 2


def test_a_worker_that_dies_in_mid_delivery_leaves_it_in_doubt(meeting, send, mailer):
    make.registration(meeting=meeting)
    post(meeting)
    Notification.objects.update(state="sending", claimed_at=NOW, claimed_by="gone", begun_at=NOW, attempts=1)
    send(NOW + timedelta(minutes=5))
    assert not mailer.mails
    assert Notification.objects.get(kind=Kind.HOST_MESSAGE).state == "doubtful"


# ---- what changes meanwhile ------------------------------------------------------------------------------


def test_a_cancelled_meeting_takes_it_back(meeting, send, mailer):
    make.registration(meeting=meeting)
    message = post(meeting)
    changing.cancel_meeting(meeting=meeting, reason="", now=NOW)
    send(NOW)
    assert {row.drop_reason for row in message.notifications.all()} == {"meeting_cancelled"}
    assert not [mail for mail in mailer.mails if mail.subject.startswith("Parking")]


def test_after_a_move_it_says_the_new_time(meeting, send, mailer):
    make.registration(meeting=meeting, person=somebody("ada"))
    post(meeting)
    later = STARTS_AT + timedelta(days=1)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=later, ends_at=later + timedelta(hours=1))
    send(NOW)
    assert mailer.to("ada@example.org")[0].text.startswith("Friday 15 January 2027")


def test_who_withdraws_is_not_written_to(meeting, send, mailer):
    registration = make.registration(meeting=meeting)
    message = post(meeting)
    registering.withdraw(registration=registration, now=NOW)
    send(NOW)
    assert message.notifications.get().drop_reason == "registration_changed"


def test_whoever_attended_gets_what_is_for_those_who_did_whatever_their_registration(held, send, mailer):
    late = held.registrations.get(state="waitlisted").person
    speaker = somebody("speaker")
    make.role(held, speaker)
    make.registration(meeting=held, person=speaker, state="pending")
    for person in (late, speaker):
        attended(held, person)
    message = post(held, Audience.ATTENDED, now=AFTER)
    send(AFTER)
    assert readers(message) == {f"{name}@example.org" for name in ("ada", "late", "speaker")}
    assert {row.state for row in message.notifications.all()} == {"sent"}


def test_who_is_confirmed_meanwhile_gets_what_is_for_everyone_and_not_what_is_for_the_waitlist(
    meeting, send, mailer
):
    registration = make.registration(meeting=meeting, state="waitlisted", person=somebody("ada"))
    to_all, to_waitlist = post(meeting), post(meeting, Audience.WAITLISTED)
    registration_states.confirm_registration(registration, meeting, held=Registration.objects.all(), now=NOW)
    send(NOW)
    assert to_all.notifications.get().state == "sent"
    assert to_waitlist.notifications.get().drop_reason == "registration_changed"


def test_who_accepts_meanwhile_gets_what_is_for_everyone_and_not_what_is_for_those_without_an_answer(
    meeting, send, mailer
):
    invitation = make.invitation(meeting=meeting)
    to_all, to_invited = post(meeting), post(meeting, Audience.INVITED)
    inviting.accept(invitation=invitation, now=NOW)
    send(NOW)
    assert to_all.notifications.get().state == "sent"
    assert to_invited.notifications.get().drop_reason == "invitation_changed"


def test_who_leaves_the_stage_meanwhile_is_not_written_to(meeting, send):
    role = make.role(meeting, make.person())
    message = post(meeting)
    role.delete()
    send(NOW)
    assert message.notifications.get().drop_reason == "not_on_stage"


def test_what_was_written_before_the_end_is_not_sent_after_it(meeting, send):
    make.registration(meeting=meeting)
    message = post(meeting)
    send(STARTS_AT + timedelta(hours=2))
    assert message.notifications.get().drop_reason == "too_late"


def test_what_is_written_after_the_end_is_sent(held, send):
    message = post(held, Audience.REGISTERED, now=AFTER)
    send(AFTER)
    assert {row.state for row in message.notifications.all()} == {"sent"}


# ---- what is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "now", "code"),
    [
        ({"state": "draft"}, NOW, "draft"),
        ({"state": "cancelled"}, NOW, "cancelled"),
        ({}, STARTS_AT + timedelta(days=31), "too_late"),
    ],
)
def test_a_draft_a_cancelled_meeting_and_one_long_over_write_to_nobody(host, fields, now, code):
    meeting = make.meeting(host=host, **fields)
    make.registration(meeting=meeting)
    with pytest.raises(UnableToMessage) as refused:
        post(meeting, now=now)
    assert refused.value.code == code
    assert not Notification.objects.filter(kind=Kind.HOST_MESSAGE).exists()


def test_a_group_without_people_is_refused(meeting):
    with pytest.raises(UnableToMessage) as refused:
        post(meeting, Audience.WAITLISTED)
    assert (refused.value.code, refused.value.field) == ("nobody", "audience")
    assert not HostMessage.objects.exists()


def test_subject_and_text_are_in_the_same_languages(meeting):
    make.registration(meeting=meeting)
    with pytest.raises(UnableToMessage) as refused:
        messaging.preview(
            meeting=meeting, written=written(subject={"en": "Parking"}), by=meeting.host, now=NOW
        )
    assert refused.value.code == "language"


def refused_after(number, **given):
    for _ in range(number):
        post(**given)
    with pytest.raises(UnableToMessage) as refused:
        post(**given)
    assert refused.value.code == "too_often"


def test_a_meeting_has_three_messages_a_day(meeting):
    make.registration(meeting=meeting)
    refused_after(messaging.MOST_OF_MEETING_A_DAY, meeting=meeting)
    assert post(meeting, now=NOW + timedelta(days=1, minutes=1))


def test_a_meeting_has_only_so_many_messages(meeting, monkeypatch):
    make.registration(meeting=meeting)
    monkeypatch.setattr(messaging, "MOST_OF_MEETING", 2)
    refused_after(2, meeting=meeting)
    with pytest.raises(UnableToMessage):
        post(meeting, now=NOW + timedelta(days=3))


def test_a_person_writes_only_so_often_however_many_meetings_they_host(host, monkeypatch):
    monkeypatch.setattr(messaging, "MOST_A_DAY", 2)
    for number in range(3):
        meeting = make.meeting(host=host)
        make.registration(meeting=meeting)
        if number < 2:
            post(meeting)
    with pytest.raises(UnableToMessage) as refused:
        post(meeting)
    assert refused.value.code == "too_often"


def test_tests_are_limited_for_themselves(meeting):
    refused_after(messaging.MOST_TESTS_AN_HOUR, meeting=meeting, audience=Audience.TEST)


# ---- the page --------------------------------------------------------------------------------------------


@pytest.fixture
def address(meeting):
    return reverse("host_message", args=[meeting.pk])


@pytest.fixture
def page(client, host):
    client.force_login(host)
    with time_machine.travel(NOW, tick=False):
        yield client


def fields(**given):
    return {
        "audience": "everyone",
        "subject_en": "Parking",
        "text_en": "Use the north entrance.",
        "do": "preview",
        **given,
    }


def hidden(answer):
    form = answer.context["form"]
    return {name: form[name].value() for name in ("previewed", "key")}


def test_the_page_shows_who_would_get_it_and_sends_exactly_that_once(page, address, meeting):
    make.registration(meeting=meeting, person=somebody("ada", language="sv"))
    preview = page.post(address, fields())
    assert preview.status_code == 200
    assert [(one.language, one.number, one.shown_in) for one in preview.context["readers"]] == [
        ("sv", 1, "en")
    ]
    assert "Send to 1 person" in preview.text
    assert "rasa@example.org" in preview.text
    assert not HostMessage.objects.exists()
    sending = {**fields(do="send"), **hidden(preview)}
    for _ in range(2):
        assert page.post(address, sending)["Location"] == address
    assert Notification.objects.filter(kind=Kind.HOST_MESSAGE).count() == 1
    assert "Use the north entrance." in page.get(address).text


def test_a_text_that_was_changed_after_the_preview_is_shown_first(page, address, meeting):
    make.registration(meeting=meeting)
    preview = page.post(address, fields())
    answer = page.post(address, {**fields(do="send", text_en="Something else"), **hidden(preview)})
    assert answer.status_code == 200
    assert not HostMessage.objects.exists()


def test_a_test_goes_to_the_writer_alone_and_is_not_in_the_history(page, address, meeting, send, mailer):
    make.registration(meeting=meeting)
    answer = page.post(address, fields(do="test"))
    assert "Test sent to: rasa@example.org" in answer.text
    send(NOW)
    assert [mail.recipient[1] for mail in mailer.mails] == ["rasa@example.org"]
    assert not delivery_report.messages_of(meeting)
    assert not delivery_report.rows_of(meeting).exists()
    assert "No messages yet" in page.get(address).text


def test_a_test_may_follow_the_last_message_of_the_day(page, address, meeting):
    make.registration(meeting=meeting)
    for _ in range(messaging.MOST_OF_MEETING_A_DAY):
        post(meeting)
    answer = page.post(address, fields(do="test"))
    assert answer.status_code == 200
    assert "Test sent to: rasa@example.org" in answer.text
    assert "at most 3 times a day" in answer.text
    assert HostMessage.objects.filter(audience=Audience.TEST).count() == 1
    assert page.post(address, fields()).status_code == 409


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"subject_en": ""}, 422),
        ({"text_en": "x" * 5001}, 422),
        ({"audience": "waitlisted"}, 422),
        ({"audience": "missed"}, 422),
        ({"audience": "nonsense"}, 422),
        ({"text_sv": "Hej"}, 422),
        ({"key": "not a key!", "do": "send"}, 422),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(page, address, meeting, wrong, status):
    make.registration(meeting=meeting)
    answer = page.post(address, fields(**wrong))
    assert answer.status_code == status
    assert answer.context["form"].errors
    kept = {**fields(), **wrong}
    assert kept["text_en"] in answer.text
    assert not HostMessage.objects.exists()


def test_the_email_history_names_each_message_with_its_recipients(page, meeting, send):
    for minute, subject in enumerate(("Parking", "Lunch")):
        make.registration(meeting=meeting)
        messaging.send_message(
            meeting=meeting,
            written=written(subject={"en": subject}, text={"en": "…"}),
            by=meeting.host,
            now=NOW + timedelta(minutes=minute),
        )
    send(NOW + timedelta(minutes=2))
    report = page.get(reverse("delivery_report", args=[meeting.pk]))
    assert re.findall(r"Message from the host: (\w+)", report.text) == ["Parking", "Lunch"]
    assert [message.to for message in report.context["report"]] == [1, 2]
    people = reverse("delivery_recipients", args=[meeting.pk])
    query = {"kind": "host_message", "host_message": report.context["report"][0].host_message}
    assert page.get(people, query).context["page"].paginator.count == 1


def test_the_message_goes_with_the_record_of_who_got_it(meeting, settings):
    make.registration(meeting=meeting)
    post(meeting)
    months = timedelta(days=31 * settings.RETENTION_EMAIL_MONTHS)
    assert not delete_old_host_messages(STARTS_AT - timedelta(days=1), 10)
    assert not delete_old_host_messages(NOW + timedelta(days=50), 10)
    assert delete_old_host_messages(STARTS_AT + months, 10) == 1
    assert not Notification.objects.filter(kind=Kind.HOST_MESSAGE).exists()


def test_a_message_is_an_email_of_one_language(meeting, mail_dir, send):
    make.registration(meeting=meeting)
    post(meeting)
    from django.core.management import call_command

    with time_machine.travel(NOW, tick=False):
        call_command("send_due", "--once")
    (file,) = mail_dir.glob("*.eml")
    message = parsed(file.read_bytes())
    assert message["Content-Language"] == "en"
    assert message.get_body(("plain",)).get_content().count("Use the north entrance.") == 1
