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
from engagement.agenda import planning
from engagement.agenda.agenda_input import ItemInput
from engagement.chat.reacting import PendingReaction, write_reactions
from engagement.chat.reading import Reader
from engagement.chat.saying import PendingMessage, write_messages
from engagement.models import (
    BreakoutAssignment,
    BreakoutReservation,
    ChannelInterpreter,
    InterpretationChannel,
    Poll,
    PollBallot,
    PollVoter,
    QuestionVote,
)
from engagement.notes.models import NoteDocument, NoteVersion, NoteWriter
from engagement.questions import announcing
from engagement.questions.messages import QuestionAsked
from matchmaking.models import BlockedSender
from meetings.models import ConfirmationRequest, Meeting, MeetingRole, Registration
from notifications import suppressing
from notifications.models import DigestSchedule, Notification, PushMessage, SuppressedAddress
from projects.models import Action as ProjectAction
from projects.models import (
    AgendaTemplate,
    Decision,
    FileUpload,
    FileVersion,
    HistoryEntry,
    Post,
    PostEmails,
    ProjectDeletion,
    ProjectExport,
    ProjectFile,
    ProjectMember,
    ProjectRoom,
    ProjectTerms,
    TermsAcceptance,
    Thread,
)
from recordings.models import Recording, Upload
from rooms.admission import public_id
from rooms.messages import PersonRef
from rooms.models import LinkReport, Participant, Presence
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
    given = {
        "email": ADDRESS,
        "name": NAME,
        "title": TITLE,
        "company": company,
        "language": "pl",
        "country": "SE",
    }
    person = factories.person(**given | fields)
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
    LinkReport.objects.create(presence=Presence.objects.get(room=ended.room, person=person), updated_at=start)
    factories.role(ended, person, MeetingRole.Role.SPEAKER)
    participant = Participant.objects.create(
        room=ended.room, person=person, name=person.name, admission="admitted", first_seen_at=start
    )
    ref = PersonRef(id=public_id(participant.pk), name=person.name, company="Wells AB", role="speaker")
    said = PendingMessage(ended.room_id, SAID, ref, person.pk, client_id="a-client-made-it")
    assert isinstance(write_messages([said], start)[0], int)
    _asked_and_voted(participant, ended, start)
    _reacted(participant, start)
    _wrote_notes(person, ended, start)
    return ended


def _wrote_notes(person: Person, meeting: Meeting, now: datetime) -> None:
    document = NoteDocument.objects.create(
        room=meeting.room, meeting=meeting.pk, created_at=now, changed_at=now
    )
    NoteWriter.objects.create(document=document, client=1, person=person, wrote_at=now)
    NoteVersion.objects.create(document=document, number=1, content=b"\x00\x00", at=now).people.add(person)


def _reacted(participant: Participant, now: datetime) -> None:
    """To a message of somebody else."""
    author = factories.participant(room=participant.room)
    ref = PersonRef(id=public_id(author.pk), name="Nobody Else")
    number = write_messages([PendingMessage(participant.room_id, "Welcome", ref, author.person_id)], now)[0]
    assert isinstance(number, int)
    reader = Reader(public_id(participant.pk), is_host=False)
    write_reactions(
        [PendingReaction(participant.room_id, number, participant.pk, "heart", is_on=True, reader=reader)]
    )


def _asked_and_voted(participant: Participant, meeting: Meeting, now: datetime) -> None:
    own = factories.live_question(
        meeting=meeting, participant=participant, text=SAID, asked_at=now, shown_at=now
    )
    announcing.tell(own, [announcing.event_of(own, QuestionAsked)], now)
    other = factories.live_question(meeting=meeting, asked_at=now, shown_at=now, votes=1)
    QuestionVote.objects.create(question=other, participant=participant)
    poll = factories.poll(meeting, state=Poll.State.CLOSED, is_anonymous=False, voters=1)
    PollVoter.objects.create(poll=poll, person=participant.person)
    PollBallot.objects.create(poll=poll, person=participant.person, choices=[1])
    planning.add_item(
        room_id=meeting.room_id,
        meeting=meeting.pk,
        content=ItemInput(title={"en": "Wells"}, minutes=10, speaker=participant.person.name),
        by=None,  # a host
        now=now,
    )
    factories.slide_deck(meeting, uploaded_by=participant.person, uploaded_at=now)
    factories.resource(meeting, shared_by=participant.person, shared_at=now)
    channel = InterpretationChannel.objects.create(
        room=participant.room, meeting=meeting.pk, language="sv", opened_at=now
    )
    ChannelInterpreter.objects.create(channel=channel, participant=participant, since=now)
    breakouts = factories.breakout_round(meeting, state="closed", people=[participant])
    BreakoutAssignment.objects.filter(round=breakouts).update(help_asked_at=now)
    BreakoutReservation.objects.create(
        round=breakouts, group=breakouts.groups.get(), person=participant.person
    )


def _account_rows(person: Person, now: datetime) -> None:
    address = EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    EmailConfirmation.objects.create(email_address=address, created=now, key=f"key of {person.pk}")
    Authenticator.objects.create(user=person, type="totp", data={"secret": "S3CR3T"})
    UserSession.objects.create(
        user=person, ip="192.0.2.7", user_agent="Firefox", session_key=f"session of {person.pk}", data={}
    )
    token = ApiToken.objects.create(
        person=person, name="for wells", key_hash=f"hash of {person.pk}", scopes=[], created_at=now
    )
    IdempotentAnswer.objects.create(
        token=token, key="k", fingerprint="f", body={"name": person.name}, created_at=now
    )
    _log_entry(factories.secretariat(), person)
    _log_entry(person, factories.person(name="Changed by them"))


def _log_entry(by: Person, of: Person) -> None:
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(Person),
        object_id=str(of.pk),
        object_repr=of.name,
        action_flag=CHANGE,
    )


def _rows_of_content(person: Person, meeting: Meeting, now: datetime) -> None:
    factories.invitation(person=person, meeting=meeting, name=person.name, invited_at=meeting.starts_at)
    ConfirmationRequest.objects.create(meeting=meeting, email=person.email, requested_at=now)
    factories.contact_message(name=person.name, email=person.email, text=SAID)
    factories.calendar_reply(person=person, meeting=meeting, comment=SAID)
    factories.host_message(sender=person, meeting=meeting, text={"en": "Anyone may read this."})
    factories.inbound_message(person=person, meeting=meeting, text=SAID, sender_name=person.name)
    browser = factories.push_subscription(person=person, browser=f"Browser of {person.name}")
    PushMessage.objects.create(
        subscription=browser, meeting=meeting, dedupe_key="live", due_at=now, next_at=now
    )
    factories.newsletter(sender=person, introduction={"en": "Anyone may read this."})
    factories.newsletter_request(email=person.email, requested_at=now)
    factories.email_text(written_by=person, closing="Anyone may read this.")
    DigestSchedule.objects.create(person=person, due_at=now)
    suppressing.suppress(email=person.email, why=SuppressedAddress.Reason.COMPLAINT, now=meeting.starts_at)
    project = factories.room(companies=[factories.company(), factories.company()])
    ProjectRoom.objects.filter(room=project).update(created_by=person, state_changed_by=person)
    of_project = {"project_id": project.pk}
    ProjectMember.objects.create(**of_project, person=person, role="reader", added_at=now)
    ProjectTerms.objects.create(
        **of_project, version=1, text={"en": "Tell nobody."}, written_by=person, written_at=now
    )
    TermsAcceptance.objects.create(**of_project, version=1, person=person, accepted_at=now)
    ProjectAction.objects.create(
        **of_project, text="Ask", person=person, made_by=person, done_by=person, made_at=now, done_at=now
    )
    template = AgendaTemplate.objects.create(**of_project, name="Monthly")
    template.items.create(number=1, title={"en": "Round"}, minutes=5, speaker=person.name)
    poll = factories.date_poll(ProjectRoom.objects.get(room=project), now=now, made_by=person)
    for proposed in poll.times.all():
        proposed.answers.create(person=person, answer="yes", answered_at=now)
    sheet = factories.published_sheet(ProjectRoom.objects.get(room=project), published_by=person)
    asked = {
        "person": person,
        "state": "accepted",
        "answer": "Yes",
        "answered_at": now,
        "answered_by": person,
    }
    factories.contact_request(factories.company(), **asked)
    BlockedSender.objects.create(
        company=factories.company(), person=person, blocked_by=person, blocked_at=now
    )
    factories.partner_request(sheet, person=person, answer="Yes", answered_at=now, answered_by=person)
    Decision.objects.create(**of_project, text="Yes", decided_at=now, written_by=person)
    file = ProjectFile.objects.create(
        **of_project, name="Plan.pdf", file_type="pdf", added_by=person, added_at=now, changed_at=now
    )
    FileVersion.objects.create(
        file=file, number=1, size=1, sha256="0" * 64, state="ready", uploaded_by=person, uploaded_at=now
    )
    deletion = ProjectDeletion.objects.create(
        **of_project, title={"en": "Heat"}, decided_by=person, decided_at=now, due_at=now + timedelta(days=30)
    )
    deletion.leads.add(person)
    ProjectExport.objects.create(**of_project, asked_by=person, asked_at=now)
    FileUpload.objects.create(
        **of_project, name="Sum.csv", length=9, created_by=person, created_at=now, touched_at=now
    )
    thread = Thread.objects.create(
        **of_project, subject="Ice", started_by=person, started_at=now, last_post_at=now
    )
    Post.objects.create(thread=thread, text="Anyone may read this.", written_by=person, written_at=now)
    Post.objects.create(thread=thread, text="", written_at=now, deleted_at=now, deleted_by=person)
    PostEmails.objects.create(**of_project, person=person, choice="none")
    for of_entry in ({"by": person}, {"person": person}):
        HistoryEntry.objects.create(**of_project, kind="person_added", at=now, **of_entry)
    factories.article(author=person, title={"en": "News from wells"})
    recording = factories.recording(meeting=meeting, created_by=person, state=Recording.State.READY)
    Upload.objects.create(
        recording=recording,
        created_by=person,
        filename=f"{person.name}.webm",
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
