"""A person who has done everything that leaves a row, for the tests of export and erasure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from api.models import ApiToken, IdempotentAnswer
from companies.models import Company, Person
from engagement.chat.saying import PendingMessage, write_messages
from engagement.models import Poll, PollBallot, PollVoter, QuestionVote
from meetings.models import Meeting, MeetingRole, Registration
from notifications.models import Notification
from recordings.models import Recording, Upload
from rooms.admission import public_id
from rooms.messages import PersonRef
from rooms.models import Participant
from tests import factories

NAME, ADDRESS, TITLE = "Żaneta Ulubiona", "zaneta.ulubiona@example.org", "Chief of Wells"
TYPED = "Wells And Sons, typed"
SAID, ANSWERED, FAILED = "I said this about wells", "Vegetarian, please", f"550 {ADDRESS} unknown"
MARKS = (NAME, ADDRESS, TITLE, SAID, ANSWERED)


@dataclass
class FullLife:
    person: Person
    company: Company
    ended: Meeting
    upcoming: Meeting
    waiting: Registration  # of somebody else, for whom a seat becomes free
    hosted: Meeting


def full_life(now: datetime, **fields: Any) -> FullLife:
    company = factories.company(name="Wells AB")
    given = {"company": company, "language": "pl", "country": "SE"} | fields
    person = factories.person(email=ADDRESS, name=NAME, title=TITLE, **given)
    ended = _ended_meeting(person, now)
    upcoming = factories.meeting(starts_at=now + timedelta(days=5), capacity=1)
    factories.registration(meeting=upcoming, person=person, answers={"Food": ANSWERED})
    waiting = factories.registration(meeting=upcoming, state=Registration.State.WAITLISTED)
    hosted = factories.meeting(
        host=person, state=Meeting.State.ENDED, starts_at=now - timedelta(days=20), title={"en": "Hosted"}
    )
    _account_rows(person, now)
    _rows_of_content(person, ended, now)
    return FullLife(person, company, ended, upcoming, waiting, hosted)


def _ended_meeting(person: Person, now: datetime) -> Meeting:
    """In which they were, raised nothing and wrote a message."""
    start = now - timedelta(days=10)
    ended = factories.meeting(state=Meeting.State.ENDED, starts_at=start)
    factories.registration(meeting=ended, person=person, answers={"Food": ANSWERED})
    factories.presence(room=ended.room, person=person, joined_at=start, left_at=start + timedelta(minutes=50))
    factories.role(ended, person, MeetingRole.Role.SPEAKER)
    participant = Participant.objects.create(
        room=ended.room, person=person, name=NAME, admission="admitted", first_seen_at=start
    )
    ref = PersonRef(id=public_id(participant.pk), name=NAME, company="Wells AB", role="speaker")
    said = PendingMessage(ended.room_id, SAID, ref, person.pk, client_id="a-client-made-it")
    assert isinstance(write_messages([said], start)[0], int)
    _asked_and_voted(participant, ended, start)
    return ended


def _asked_and_voted(participant: Participant, meeting: Meeting, now: datetime) -> None:
    factories.live_question(meeting=meeting, participant=participant, text=SAID, asked_at=now, shown_at=now)
    other = factories.live_question(meeting=meeting, asked_at=now, shown_at=now, votes=1)
    QuestionVote.objects.create(question=other, participant=participant)
    poll = factories.poll(meeting, state=Poll.State.CLOSED, is_anonymous=False, voters=1)
    PollVoter.objects.create(poll=poll, person=participant.person)
    PollBallot.objects.create(poll=poll, person=participant.person, choices=[1])


def _account_rows(person: Person, now: datetime) -> None:
    address = EmailAddress.objects.create(user=person, email=ADDRESS, verified=True, primary=True)
    EmailConfirmation.objects.create(email_address=address, created=now, key="k")
    Authenticator.objects.create(user=person, type="totp", data={"secret": "S3CR3T"})
    UserSession.objects.create(user=person, ip="192.0.2.7", user_agent="Firefox", session_key="abc", data={})
    token = ApiToken.objects.create(person=person, name="for wells", key_hash="h", scopes=[], created_at=now)
    IdempotentAnswer.objects.create(
        token=token, key="k", fingerprint="f", body={"name": NAME}, created_at=now
    )
    LogEntry.objects.create(
        user=factories.secretariat(),
        content_type=ContentType.objects.get_for_model(Person),
        object_id=str(person.pk),
        object_repr=NAME,
        action_flag=CHANGE,
    )


def _rows_of_content(person: Person, meeting: Meeting, now: datetime) -> None:
    factories.invitation(person=person, meeting=meeting, name=NAME, invited_at=meeting.starts_at)
    factories.contact_message(name=NAME, email=person.email, text=SAID)
    factories.article(author=person, title={"en": "News from wells"})
    recording = factories.recording(meeting=meeting, created_by=person, state=Recording.State.READY)
    Upload.objects.create(
        recording=recording,
        created_by=person,
        filename=f"{NAME}.webm",
        path="p",
        created_at=now,
        touched_at=now,
    )
    Notification.objects.create(
        kind="confirmation",
        person=person,
        meeting=meeting,
        dedupe_key="old",
        state="failed",
        failure=FAILED,
        due_at=now - timedelta(days=12),
        created_at=now - timedelta(days=12),
    )
