"""The mail to people who are invited: one each, changes and the cancellation until they answer, no reminders."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from companies.models import Person
from meetings import calendar, change_preview, changing, inviting, meeting_input, signals
from meetings.invitation_lists import Invitee
from meetings.models import Invitation, Meeting
from notifications import delivery_report
from notifications.models import Notification
from recordings.models import Recording
from tests import factories as make
from tests.factories import NOW
from tests.notifications.conftest import InMemoryMailer, Send
from tests.notifications.test_planning import cancel, move, send_signal, waiting

pytestmark = pytest.mark.django_db
Kind = Notification.Kind
HOUR = timedelta(hours=1)
RASA = "rasa@example.lt"


@pytest.fixture
def meeting() -> Meeting:
    return make.meeting(visibility=Meeting.Visibility.INVITED)


def invited(meeting: Meeting, email: str = RASA, now: datetime = NOW) -> Invitation:
    invitee = Invitee(email, name="Rasa Petrauskienė", language="lt", timezone="Europe/Vilnius")
    (result,) = inviting.invite(meeting=meeting, invitees=[invitee], by=meeting.host, now=now)
    assert result.invitation is not None
    return result.invitation


def kinds(mailer: InMemoryMailer, send: Send, now: datetime = NOW, to: str = RASA) -> list[str]:
    """The kinds sent to this person at this time, by the Message-ID's row."""
    before = len(mailer.to(to))
    send(now)
    rows = Notification.objects.in_bulk(
        [int(mail.reference.removeprefix("notification-")) for mail in mailer.to(to)[before:]]
    )
    return [row.kind for row in rows.values()]


def events(mailer: InMemoryMailer, to: str = RASA) -> list[tuple[str, int, str]]:
    """Method, SEQUENCE and UID of each calendar event, in order."""
    found = [calendar.parse(mail.calendar.content)[0] for mail in mailer.to(to) if mail.calendar]
    return [(event.method, event.sequence, event.uid) for event in found]


def test_the_invitation_goes_out_once_in_the_persons_language_with_an_event_not_answered(
    meeting: Meeting, mailer: InMemoryMailer, send: Send
) -> None:
    invitation = invited(meeting)
    assert kinds(mailer, send) == [Kind.INVITED]
    assert kinds(mailer, send) == []
    (mail,) = mailer.to(RASA)
    assert (mail.language, mail.recipient) == ("lt", ("Rasa Petrauskienė", RASA))
    assert mail.text.startswith("2027\u00a0m. sausio 14\u00a0d., ketvirtadienis, 11:00–12:00")
    assert mail.calendar is not None
    event = mail.calendar.content.decode().replace("\r\n ", "")
    assert "METHOD:REQUEST" in event
    assert "PARTSTAT=NEEDS-ACTION" in event
    assert "RSVP=TRUE" in event
    assert mail.html.count('class="button"') == 1
    assert invitation.link_key in mail.text


def test_the_confirmation_after_accepting_is_of_the_same_event(
    meeting: Meeting, mailer: InMemoryMailer, send: Send
) -> None:
    invitation = invited(meeting)
    send(NOW)
    inviting.accept(invitation=invitation, now=NOW + HOUR)
    assert kinds(mailer, send, NOW + HOUR) == [Kind.CONFIRMATION]
    assert events(mailer) == [("REQUEST", 0, meeting.uid)] * 2
    content = mailer.to(RASA)[-1].calendar
    assert content is not None
    assert "PARTSTAT=ACCEPTED" in content.content.decode().replace("\r\n ", "")


@pytest.mark.parametrize("what", ["accept", "decline", "withdraw_invitation"])
def test_an_invitation_answered_or_withdrawn_before_it_left_is_dropped(
    meeting: Meeting, mailer: InMemoryMailer, send: Send, what: str
) -> None:
    getattr(inviting, what)(invitation=invited(meeting), now=NOW)
    assert kinds(mailer, send) == ([Kind.CONFIRMATION] if what == "accept" else [])


def test_it_is_checked_again_right_before_it_is_sent(
    meeting: Meeting, mailer: InMemoryMailer, send: Send
) -> None:
    """Changed by hand: no flow had the chance to take the rows back."""
    for state in ("declined", "withdrawn"):
        invitation = invited(meeting, f"{state}@example.org")
        Invitation.objects.filter(pk=invitation.pk).update(state=state, answered_at=NOW, withdrawn_at=NOW)
    registered = invited(meeting, "registered@example.org")
    make.registration(meeting=meeting, person=registered.person)
    on_stage = invited(meeting, "stage@example.org")
    make.role(meeting, on_stage.person)
    closed = invited(meeting, "closed@example.org")
    Person.objects.filter(pk=closed.person_id).update(is_active=False)
    late = invited(make.meeting(starts_at=NOW), "late@example.org")
    send(NOW + 2 * HOUR)
    assert mailer.mails == []
    reasons = dict(Notification.objects.filter(kind=Kind.INVITED).values_list("person__email", "drop_reason"))
    assert reasons.pop("closed@example.org") == "person_inactive"
    assert reasons.pop(late.email) == "too_late"
    assert set(reasons.values()) == {"invitation_changed"}


def test_who_has_not_answered_gets_the_change_and_the_cancellation_and_no_reminders(
    meeting: Meeting, mailer: InMemoryMailer, send: Send
) -> None:
    invited(meeting)
    send(NOW)
    move(meeting)
    assert kinds(mailer, send) == [Kind.CHANGE]
    assert not waiting(kind=Kind.REMINDER, person__email=RASA).exists()
    assert "Reminders" not in mailer.to(RASA)[-1].text
    cancel(meeting)
    assert kinds(mailer, send) == [Kind.CANCELLATION]
    assert events(mailer) == [(m, n, meeting.uid) for n, m in enumerate(["REQUEST", "REQUEST", "CANCEL"])]


def test_after_declining_nothing_more_comes(meeting: Meeting, mailer: InMemoryMailer, send: Send) -> None:
    invitation = invited(meeting)
    send(NOW)
    move(meeting)  # waits still
    inviting.decline(invitation=invitation, now=NOW)
    assert kinds(mailer, send) == []
    cancel(meeting)
    assert kinds(mailer, send) == []


def test_withdrawing_what_was_sent_cancels_the_event(
    meeting: Meeting, mailer: InMemoryMailer, send: Send
) -> None:
    invitation = invited(meeting)
    send(NOW)
    inviting.withdraw_invitation(invitation=invitation, now=NOW)
    assert kinds(mailer, send) == [Kind.WITHDRAWN]
    assert events(mailer) == [("REQUEST", 0, meeting.uid), ("CANCEL", 1, meeting.uid)]
    cancel(meeting)
    assert kinds(mailer, send) == []


def test_who_is_invited_again_before_the_withdrawal_left_keeps_the_event(
    meeting: Meeting, mailer: InMemoryMailer, send: Send
) -> None:
    invitation = invited(meeting)
    send(NOW)
    inviting.withdraw_invitation(invitation=invitation, now=NOW + HOUR)
    invited(meeting, now=NOW + HOUR)
    assert kinds(mailer, send, NOW + HOUR) == [Kind.INVITED]


def test_a_withdrawn_registration_is_told_once(meeting: Meeting, mailer: InMemoryMailer, send: Send) -> None:
    invitation = invited(meeting)
    send(NOW)
    inviting.accept(invitation=invitation, now=NOW)
    send(NOW)
    inviting.withdraw_invitation(invitation=invitation, now=NOW)
    assert kinds(mailer, send) == [Kind.WITHDRAWN]
    assert events(mailer)[-1][0] == "CANCEL"


def test_sent_again_is_one_more_mail_and_replaces_one_that_waits(
    meeting: Meeting, mailer: InMemoryMailer, send: Send
) -> None:
    invitation = invited(meeting)
    inviting.send_again(invitation=invitation, now=NOW + HOUR)
    assert kinds(mailer, send, NOW + HOUR) == [Kind.INVITED]
    inviting.send_again(invitation=invitation, now=NOW + 2 * HOUR)
    assert kinds(mailer, send, NOW + 2 * HOUR) == [Kind.INVITED]


def test_planning_twice_sends_nothing_twice(meeting: Meeting, mailer: InMemoryMailer, send: Send) -> None:
    invitation = invited(meeting)
    send(NOW)
    send_signal(signals.people_invited, meeting=meeting, invitations=[invitation])
    assert kinds(mailer, send) == []


def test_a_change_before_the_invitation_left_is_in_it(
    meeting: Meeting, mailer: InMemoryMailer, send: Send
) -> None:
    invited(meeting)
    move(meeting)
    assert kinds(mailer, send) == [Kind.INVITED]
    assert events(mailer) == [("REQUEST", 1, meeting.uid)]


def test_a_cancellation_before_the_invitation_left_tells_nothing(
    meeting: Meeting, mailer: InMemoryMailer, send: Send
) -> None:
    invited(meeting)
    cancel(meeting)
    assert kinds(mailer, send) == []


def test_each_person_gets_one_mail_however_they_are_involved(
    meeting: Meeting, mailer: InMemoryMailer, send: Send
) -> None:
    registered, speaker = invited(meeting, "both@example.org"), invited(meeting, "speaker@example.org")
    send(NOW)
    make.registration(meeting=meeting, person=registered.person)
    make.role(meeting, speaker.person)
    move(meeting)
    assert kinds(mailer, send, to="both@example.org") == [Kind.CHANGE]
    assert kinds(mailer, send, to="speaker@example.org") == []  # sent by the line before
    assert len(mailer.to("both@example.org")) == len(mailer.to("speaker@example.org")) == 2


def test_the_preview_of_a_change_counts_those_invited(meeting: Meeting, send: Send) -> None:
    invited(meeting)
    send(NOW)
    details = meeting_input.details_of(meeting)
    moved = meeting_input.with_changes(details, {"duration_minutes": 90})
    effects = change_preview.effects_of_change(meeting=meeting, details=moved, now=NOW)
    assert effects.people_notified == 2  # with the host
    assert effects.events_moved == 2
    changing.change_meeting(meeting=meeting, details=moved, now=NOW)
    assert waiting(kind=Kind.CHANGE).count() == 2
    assert set(waiting(kind=Kind.REMINDER).values_list("person", flat=True)) == {meeting.host_id}


def test_the_recording_is_for_those_who_came_not_for_those_invited(
    meeting: Meeting, mailer: InMemoryMailer, send: Send
) -> None:
    invited(meeting)
    send(NOW)
    recording = make.recording(
        meeting=meeting, state=Recording.State.PUBLISHED, visibility=Recording.Visibility.PUBLIC
    )
    with transaction.atomic():
        signals.recording_published.send(Recording, recording=recording, now=NOW)
    assert not waiting(kind=Kind.RECORDING, person__email=RASA).exists()


def test_invitations_wait_behind_what_answers_somebody(meeting: Meeting) -> None:
    invited(meeting)
    assert Notification.objects.get(kind=Kind.INVITED).urgency == Notification.Urgency.FOLLOW_UP


def test_many_share_what_is_the_same_and_have_their_own_link(
    meeting: Meeting, mailer: InMemoryMailer, send: Send
) -> None:
    keys = {invited(meeting, f"a{n}@example.org").link_key for n in range(5)}
    send(NOW)
    assert len(mailer.mails) == 5
    for mail in mailer.mails:
        assert sum(key in mail.text and key in mail.html for key in keys) == 1


def test_the_delivery_report_has_one_line_for_all_invitations(meeting: Meeting, send: Send) -> None:
    for number in range(3):
        invited(meeting, f"a{number}@example.org", now=NOW + number * HOUR)
        send(NOW + number * HOUR)
    (line,) = [one for one in delivery_report.messages_of(meeting) if one.kind == Kind.INVITED]
    assert (line.to, line.sent, line.is_at_once) == (3, 3, True)


def test_a_rolled_back_invitation_sends_nothing(meeting: Meeting) -> None:
    class Broken(Exception): ...

    def fail() -> Any:
        with transaction.atomic():
            invited(meeting)
            raise Broken

    with pytest.raises(Broken):
        fail()
    assert not Notification.objects.exists()
