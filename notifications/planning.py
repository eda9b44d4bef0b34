"""Turns events into outbox rows: recipients and due times. Runs in the transaction of the flow.

A row's dedupe key is unique for its person and kind, so that planning twice sends nothing twice.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Subquery

from attendance import report
from companies.models import Company, Person
from engagement.models import Question
from engagement.questions import reading
from meetings.models import CalendarReply, Invitation, Meeting, MeetingRole, Registration
from meetings.recipients import (
    MailKind,
    Recipient,
    people_by_role,
    planned_mails,
    recipients,
    upcoming_reminders,
    without_other_role,
)
from meetings.seats import locked_meeting
from notifications.models import MAY_HAVE_BEEN_SENT, HostMessage, Notification, NotificationQuerySet
from notifications.relevance import THANKS_AFTER
from projects.models import ProjectRoom
from recordings.models import Recording
from rooms.admission import TURNED_AWAY
from rooms.models import Participant

Kind, Reason = Notification.Kind, Notification.DropReason
BATCH = 500
THANKS_UNTIL = timedelta(days=1)  # after the end
ANSWERS = (Kind.CONFIRMATION, Kind.REQUESTED, Kind.WAITLISTED)
KIND_OF_STATE = {
    Registration.State.CONFIRMED: Kind.CONFIRMATION,
    Registration.State.PENDING: Kind.REQUESTED,
    Registration.State.WAITLISTED: Kind.WAITLISTED,
    Registration.State.OFFERED: Kind.OFFER,
}


@dataclass(frozen=True)
class Addressee:
    """A recipient of a meeting's emails: by their registration or invitation, or by their role or project room."""

    person_id: int
    registration_id: str | None = None
    has_calendar_event: bool = True  # a calendar event was or will be sent
    details: dict[str, Any] = field(default_factory=dict)
    invitation_id: str | None = None


# ---- the meeting -----------------------------------------------------------------------------------------


@transaction.atomic
def plan_invitations(*, meeting: Meeting, now: datetime) -> None:
    """Invites those on the stage and the people of a project room, once, and plans their reminders; others register."""
    addressees = [Addressee(person_id) for person_id in sorted(people_by_role(meeting))]
    _invite(meeting, addressees, now)
    _plan_reminders(meeting, addressees, now)
    _tell_in_one_email(meeting, [Kind.INVITATION], now)


@transaction.atomic
def plan_move(
    *,
    meeting: Meeting,
    previous_starts_at: datetime,
    previous_ends_at: datetime,
    changed: Collection[str],
    joined: Collection[int],
    now: datetime,
) -> None:
    """Drops waiting reminders for the old time; plans a notice now and the reminders still ahead, for everybody."""
    was = {"starts_at": previous_starts_at.isoformat(), "ends_at": previous_ends_at.isoformat()}
    _replan(meeting, {"was": was, "changed": sorted(changed)}, joined, now)


@transaction.atomic
def plan_change(
    *, meeting: Meeting, changed: Collection[str], joined: Collection[int], now: datetime
) -> None:
    """Like a move, for other changes that are announced; a quiet change only plans reminders anew."""
    _replan(meeting, {"changed": sorted(changed)}, joined, now)


@transaction.atomic
def plan_cancellation(*, meeting: Meeting, now: datetime) -> None:
    """Drops everything that waits, and tells everybody who had heard of the meeting that it is cancelled."""
    waiting = Notification.objects.filter(meeting=meeting).exclude(
        kind__in=[Kind.WITHDRAWN, Kind.REFUSED, Kind.LAPSED]
    )
    _drop(waiting, Reason.MEETING_CANCELLED)
    addressees = _told_together(meeting, _without_unheard(meeting, _all_addressees(meeting)))
    _insert(_row(Kind.CANCELLATION, each, f"cancel:{meeting.pk}", meeting, now, now) for each in addressees)
    _tell_in_one_email(meeting, [Kind.CANCELLATION], now)


@transaction.atomic
def plan_stage_left(*, meeting: Meeting, people: Collection[int], now: datetime) -> None:
    """One removal notice to each person who was invited to the stage cancels the calendar event; what waits is dropped.

    Whoever is registered keeps the event and its reminders. Whoever had heard nothing yet gets nothing.
    """
    left = set(people) - people_by_role(meeting)
    informed = people_to_notify_of_removal(meeting, left)
    for person_id in sorted(left):
        of_stage = _of_stage(meeting).filter(person=person_id)
        _drop(of_stage, Reason.NOT_ON_STAGE)
        registration = Registration.objects.filter(meeting=meeting, person=person_id).active().first()
        is_registered = registration is not None and registration.state == Registration.State.CONFIRMED
        if person_id in informed:
            removal_notice = Addressee(
                person_id, has_calendar_event=not is_registered, details={"stage": True}
            )
            dedupe_key = f"stage:{meeting.pk}:{_removal_notices(meeting).get(person_id, 0)}"
            _delete_dropped(meeting, Kind.WITHDRAWN, [removal_notice], dedupe_key)
            _insert([_row(Kind.WITHDRAWN, removal_notice, dedupe_key, meeting, now, now)])
        if registration is not None and is_registered:
            _plan_reminders(meeting, [_registered_addressee(registration)], now)


def _invite(meeting: Meeting, addressees: Collection[Addressee], now: datetime) -> None:
    """Once, and again after each removal notice that was sent: whoever is put back before that needs no new one."""
    people = [each.person_id for each in addressees]
    _drop(_of_stage(meeting).filter(person__in=people, kind=Kind.WITHDRAWN), Reason.ON_STAGE_AGAIN)
    removal_notices = _removal_notices(meeting)
    for count in {removal_notices.get(person_id, 0) for person_id in people}:
        invited = [each for each in addressees if removal_notices.get(each.person_id, 0) == count]
        dedupe_key = _invitation(meeting, count)
        _delete_dropped(meeting, Kind.INVITATION, invited, dedupe_key)
        _insert(_row(Kind.INVITATION, each, dedupe_key, meeting, now, now) for each in invited)


def people_to_invite(meeting: Meeting, people: Collection[int]) -> set[int]:
    """Those without an invitation yet, or with none since the last removal notice that was sent."""
    removal_notices = _removal_notices(meeting)
    there = Notification.objects.filter(meeting=meeting, kind=Kind.INVITATION, person__in=people)
    invited = set(there.exclude(state=Notification.State.DROPPED).values_list("person_id", "dedupe_key"))
    return {one for one in people if (one, _invitation(meeting, removal_notices.get(one, 0))) not in invited}


def people_to_notify_of_removal(meeting: Meeting, people: Collection[int]) -> set[int]:
    """Those whose last email about the stage that may have been sent was not a removal notice."""
    last_kinds = {one: _last_calendar_mail(_of_stage(meeting).filter(person=one)) for one in people}
    return {one for one, kind in last_kinds.items() if kind not in {None, Kind.WITHDRAWN}}


def _invitation(meeting: Meeting, removal_notices: int) -> str:
    """The dedupe key: somebody who got a removal notice may be invited again."""
    return f"meeting:{meeting.pk}:{removal_notices}" if removal_notices else f"meeting:{meeting.pk}"


def _of_stage(meeting: Meeting) -> NotificationQuerySet:
    """Sent because of a role, not a registration."""
    return Notification.objects.filter(meeting=meeting, registration=None)


def _removal_notices(meeting: Meeting) -> dict[int, int]:
    """How many removal notices each person may have received."""
    sent = _of_stage(meeting).filter(MAY_HAVE_BEEN_SENT, kind=Kind.WITHDRAWN).order_by()
    return dict(sent.values_list("person").annotate(count=Count("pk")))


def _last_calendar_mail(of_stage: NotificationQuerySet) -> str | None:
    """Kind of the last email with a calendar event that may have been sent; None when there was none."""
    sent = of_stage.filter(MAY_HAVE_BEEN_SENT, kind__in=[Kind.INVITATION, Kind.CHANGE, Kind.WITHDRAWN])
    return sent.order_by("created_at", "pk").values_list("kind", flat=True).last()


def _replan(meeting: Meeting, details: dict[str, Any], joined: Collection[int], now: datetime) -> None:
    _drop(Notification.objects.filter(meeting=meeting, kind=Kind.REMINDER), Reason.MEETING_CHANGED)
    ahead = upcoming_reminders(meeting.reminders, starts_at=meeting.starts_at, now=now)
    new = without_other_role(meeting, joined)
    planned = list(
        planned_mails(
            recipients(meeting),
            joined=new,
            invited=people_to_invite(meeting, new),
            changed=details["changed"],
            reminders=ahead,
        )
    )
    changed = _without_unheard(
        meeting, [_addressee(mail.recipient) for mail in planned if mail.kind == MailKind.CHANGE]
    )
    if changed:
        changed = _told_together(meeting, _with_unsent_changes(meeting, changed, details))
        dedupe_key = f"change:rev{meeting.revision}:{meeting.pk}"
        _insert(_row(Kind.CHANGE, each, dedupe_key, meeting, now, now) for each in changed)
        _tell_in_one_email(meeting, [Kind.CHANGE], now)
    invited = [mail.recipient.person_id for mail in planned if mail.kind == MailKind.INVITATION]
    _invite(meeting, [Addressee(person_id) for person_id in invited if person_id is not None], now)
    reminded = {
        mail.recipient.person_id: mail.recipient for mail in planned if mail.kind == MailKind.REMINDER
    }
    _plan_reminders(meeting, [_addressee(one) for one in reminded.values()], now)


def _tell_in_one_email(
    meeting: Meeting, kinds: Collection[str], now: datetime, *, person_id: int | None = None
) -> None:
    """What one flow does to several meetings of a series, each person hears in one email.

    A change only whose events came in a file, see NotificationQuerySet.people_with_a_file.
    """
    if meeting.series_id is None:
        return
    of_flow = Notification.objects.not_begun().filter(
        meeting__series=meeting.series_id, kind__in=kinds, created_at=now, goes_with=None
    )
    if person_id is not None:
        of_flow = of_flow.filter(person=person_id)
    if not set(kinds) <= {*ANSWERS, Kind.INVITATION, Kind.INVITED}:
        of_flow = of_flow.filter(details__together=True)
    lead = of_flow.exclude(meeting=meeting).filter(person=OuterRef("person")).order_by("pk").values("pk")[:1]
    of_flow.filter(Exists(lead), meeting=meeting).update(goes_with=Subquery(lead))


def people_with_a_file(meeting: Meeting) -> set[int]:
    return Notification.objects.people_with_a_file(meeting)


def _told_together(meeting: Meeting, addressees: Iterable[Addressee]) -> list[Addressee]:
    """Marks those who hear of it in one email with other meetings of the series; so do those without an event."""
    if meeting.series_id is None:
        return list(addressees)
    with_file = people_with_a_file(meeting)
    return [
        replace(each, details={**each.details, "together": True})
        if not each.has_calendar_event or each.person_id in with_file
        else each
        for each in addressees
    ]


def _with_unsent_changes(
    meeting: Meeting, addressees: list[Addressee], details: dict[str, Any]
) -> list[Addressee]:
    """Adds changes that were not sent yet: the time that people know is the earlier one."""
    unsent = Notification.objects.filter(meeting=meeting, kind=Kind.CHANGE).not_begun()
    earlier: dict[int, dict[str, Any]] = {}
    for person_id, known in unsent.order_by("pk").values_list("person_id", "details"):
        kept = earlier.setdefault(person_id, {"changed": []})
        kept.update(
            {"was": kept.get("was") or known.get("was"), "changed": [*kept["changed"], *known["changed"]]}
        )
    _drop(unsent, Reason.TOLD_LATER)
    return [_merged(each, earlier.get(each.person_id), details) for each in addressees]


def _merged(each: Addressee, earlier: dict[str, Any] | None, details: dict[str, Any]) -> Addressee:
    merged = dict(details)
    if earlier:
        merged["changed"] = sorted({*details["changed"], *earlier["changed"]})
        if earlier.get("was"):
            merged["was"] = earlier["was"]
    return replace(each, details=merged)


# ---- invitations ----------------------------------------------------------------------------------------


@transaction.atomic
def plan_people_invited(*, meeting: Meeting, invitations: Collection[Invitation], now: datetime) -> None:
    """One email to each, also of several meetings of a series; one that waits is dropped when it is sent again."""
    _drop(_mails_of(invitations), Reason.SENT_AGAIN)
    _insert(
        _row(Kind.INVITED, _invited_addressee(one), f"invited:{one.pk}:{one.times_sent}", meeting, now, now)
        for one in invitations
    )
    _tell_in_one_email(meeting, [Kind.INVITED], now)


@transaction.atomic
def plan_invitation_answer(*, invitation: Invitation, now: datetime) -> None:
    """Drops what waits; accepting plans a confirmation by its registration, and who declines hears nothing more."""
    _drop(_mails_of([invitation]), Reason.INVITATION_CHANGED)


@transaction.atomic
def plan_invitation_withdrawal(*, invitation: Invitation, now: datetime) -> None:
    """Drops what waits; if the invitation may have been sent, one email cancels the calendar event."""
    _drop(_mails_of([invitation]), Reason.INVITATION_CHANGED)
    if invitation.pk in _heard_of(invitation.meeting):
        notice = replace(_invited_addressee(invitation), details={"invited": True})
        dedupe_key = f"invited:{invitation.pk}"
        _insert([_row(Kind.WITHDRAWN, notice, dedupe_key, invitation.meeting, now, now)])


def _mails_of(invitations: Collection[Invitation]) -> NotificationQuerySet:
    """All but messages of hosts, which `relevance` checks: whoever accepts is still to get one to everyone."""
    own = Notification.objects.filter(invitation__in=[one.pk for one in invitations])
    return own.exclude(kind=Kind.HOST_MESSAGE)


def _mails_about(registration: Registration) -> NotificationQuerySet:
    """All but messages of hosts, as `_mails_of`."""
    return Notification.objects.filter(registration=registration).exclude(kind=Kind.HOST_MESSAGE)


def _invited_addressee(invitation: Invitation) -> Addressee:
    return Addressee(invitation.person_id, invitation_id=invitation.pk)


def _heard_of(meeting: Meeting) -> set[str | None]:
    """Ids of the invitations whose email may have been sent."""
    mails = Notification.objects.filter(MAY_HAVE_BEEN_SENT, meeting=meeting, kind=Kind.INVITED)
    return set(mails.values_list("invitation_id", flat=True))


def _without_unheard(meeting: Meeting, addressees: Collection[Addressee]) -> list[Addressee]:
    """Without those whose invitation was not sent yet: it will say what is true when it leaves."""
    if not any(each.invitation_id for each in addressees):
        return list(addressees)
    heard = _heard_of(meeting)
    return [each for each in addressees if each.invitation_id is None or each.invitation_id in heard]


# ---- registrations --------------------------------------------------------------------------------------


@transaction.atomic
def plan_confirmation(*, registration: Registration, now: datetime) -> None:
    """A confirmation now, and the reminders that are still ahead; waitlist emails that wait are dropped."""
    _drop(_mails_about(registration), Reason.REGISTRATION_CHANGED)
    addressee = _registered_addressee(registration)
    meeting = registration.meeting
    _insert([_row(Kind.CONFIRMATION, addressee, f"seat:{registration.pk}", meeting, now, now)])
    _tell_in_one_email(meeting, ANSWERS, now, person_id=registration.person_id)
    _plan_reminders(meeting, [addressee], now)


@transaction.atomic
def plan_answer(*, registration: Registration, kind: Notification.Kind, now: datetime) -> None:
    """One email about the state of the registration: requested, waitlisted, offered or refused."""
    _drop(_mails_about(registration), Reason.REGISTRATION_CHANGED)
    dedupe_key = f"seat:{registration.pk}"
    if registration.offered_until is not None:
        dedupe_key += f":{registration.offered_until:%Y%m%dT%H%M%S}"
    _insert([_row(kind, _registered_addressee(registration), dedupe_key, registration.meeting, now, now)])
    if kind in ANSWERS:
        _tell_in_one_email(registration.meeting, ANSWERS, now, person_id=registration.person_id)


@transaction.atomic
def plan_resending(*, registration: Registration, now: datetime) -> None:
    """The email about the present state once more; one that still waits is replaced. Reminders stay."""
    kind = KIND_OF_STATE[Registration.State(registration.state)]
    _drop(Notification.objects.filter(registration=registration, kind=kind), Reason.TOLD_LATER)
    dedupe_key = f"seat:{registration.pk}:again:{now:%Y%m%dT%H%M%S}"
    _insert([_row(kind, _registered_addressee(registration), dedupe_key, registration.meeting, now, now)])


@transaction.atomic
def plan_verification(*, registration: Registration, now: datetime) -> None:
    """To somebody who registered while there were seats enough: when their unconfirmed registration will lapse."""
    if registration.verify_by is None:
        return
    dedupe_key = f"seat:{registration.pk}:{registration.verify_by:%Y%m%dT%H%M%S}"
    addressee = _registered_addressee(registration)
    _insert([_row(Kind.VERIFY, addressee, dedupe_key, registration.meeting, now, now)])


@transaction.atomic
def plan_lapse(*, registration: Registration, by_host: bool, now: datetime) -> None:
    """Like a withdrawal, with a link to register again."""
    _plan_registration_end(registration, Kind.LAPSED, {"by_host": by_host}, now)


@transaction.atomic
def plan_withdrawal(
    *, registration: Registration, by_person: bool, now: datetime, offer_ended: bool = False
) -> None:
    """Drops what waits for this registration; one email cancels the calendar event."""
    details = {"by_person": by_person, "offer_ended": offer_ended}
    _plan_registration_end(registration, Kind.WITHDRAWN, details, now)


def _plan_registration_end(
    registration: Registration, kind: Notification.Kind, details: dict[str, Any], now: datetime
) -> None:
    _drop(_mails_about(registration), Reason.REGISTRATION_CHANGED)
    meeting = registration.meeting
    as_stage = (
        Addressee(registration.person_id) if registration.person_id in people_by_role(meeting) else None
    )
    had_entry = registration.confirmed_at is not None and as_stage is None
    addressee = Addressee(registration.person_id, registration.pk, had_entry, details)
    _insert([_row(kind, addressee, f"seat:{registration.pk}", meeting, now, now)])
    if as_stage is not None:
        _plan_reminders(meeting, [as_stage], now)


@transaction.atomic
def plan_proposal_declined(*, reply: CalendarReply, now: datetime) -> None:
    """To whoever proposed another time, by their registration or invitation, else their role."""
    meeting, person = reply.meeting, reply.person
    registration = Registration.objects.active().filter(meeting=meeting, person=person).first()
    invitation = Invitation.objects.admitting().filter(meeting=meeting, person=person).first()
    addressee = Addressee(
        person.pk,
        registration.pk if registration else None,
        invitation_id=invitation.pk if invitation and registration is None else None,
    )
    _insert([_row(Kind.PROPOSAL_DECLINED, addressee, f"proposal:{reply.pk}", meeting, now, now)])


# ---- messages of hosts ------------------------------------------------------------------------------------


@transaction.atomic
def plan_host_message(*, message: HostMessage, to: Iterable[Recipient], now: datetime) -> None:
    """One email to each of them, at once."""
    rows = (
        _row(Kind.HOST_MESSAGE, _addressee(one), f"message:{message.pk}", message.meeting, now, now)
        for one in to
    )
    _insert(_with_message(row, message) for row in rows)


def _with_message(row: Notification, message: HostMessage) -> Notification:
    row.host_message = message
    return row


# ---- recordings ------------------------------------------------------------------------------------------


@transaction.atomic
def plan_recording(*, recording: Recording, now: datetime) -> None:
    """“The recording is there”, to people of the meeting who may see it."""
    meeting = recording.meeting
    known = Notification.objects.filter(recording=recording, kind__in=[Kind.RECORDING, Kind.MISSED])
    told = set(known.values_list("person", flat=True))
    addressees = [
        each for each in _all_addressees(meeting) if each.person_id not in told and _may_see(recording, each)
    ]
    missed = _who_missed(meeting, now)
    dedupe_key = f"recording:{recording.pk}"
    _insert(
        _row(
            Kind.MISSED if each.registration_id and each.person_id in missed else Kind.RECORDING,
            *(each, dedupe_key, meeting, now, now, recording),
        )
        for each in addressees
    )


def _who_missed(meeting: Meeting, now: datetime) -> set[int]:
    """Registered people to be told once that they were missed: not again with a second recording."""
    if not (meeting.follow_ups and report.is_known(meeting, now=now)):
        return set()
    told = Notification.objects.filter(meeting=meeting, kind=Kind.MISSED)
    came = report.people_who_attended(meeting, now) | people_by_role(meeting)
    confirmed = meeting.registrations.filter(state=Registration.State.CONFIRMED)
    return set(confirmed.exclude(person__in=told.values("person")).values_list("person", flat=True)) - came


@transaction.atomic
def plan_thanks(*, meeting: Meeting, now: datetime) -> None:
    """An hour after the end, to registered people who attended an online meeting, however short. Once.

    Not to whom a host has removed.
    """
    if not (meeting.follow_ups and report.is_known(meeting, now=now)):
        return
    came = report.people_who_attended(meeting, now) - people_by_role(meeting) - _turned_away(meeting)
    confirmed = meeting.registrations.filter(
        state=Registration.State.CONFIRMED, person__in=came, person__is_active=True
    )
    due_at = max(now, (meeting.ended_at or now) + THANKS_AFTER)
    thanked = [_registered_addressee(each) for each in confirmed]
    dedupe_key = f"thanks:{meeting.pk}"
    _delete_dropped(meeting, Kind.THANKS, thanked, dedupe_key)
    _insert(_row(Kind.THANKS, each, dedupe_key, meeting, due_at, now) for each in thanked)


def _turned_away(meeting: Meeting) -> set[int]:
    """Removed by a host, and not let in again."""
    found = Participant.objects.filter(room=meeting.room_id, admission__in=TURNED_AWAY)
    return set(found.values_list("person", flat=True))


@transaction.atomic
def set_follow_ups(*, meeting: Meeting, on: bool, now: datetime) -> None:
    """Also after the end: thanks that have not been sent are not, and who was missed hears only of the recording."""
    locked = locked_meeting(meeting.pk)
    if locked.follow_ups == on:
        return
    locked.follow_ups = on
    locked.save(update_fields=["follow_ups"])
    waiting = Notification.objects.filter(meeting=locked)
    if on:
        if locked.ended_at is not None and now - locked.ended_at < THANKS_UNTIL:
            plan_thanks(meeting=locked, now=now)
        return
    _drop(waiting.filter(kind=Kind.THANKS), Reason.HOST_TURNED_OFF)
    waiting.filter(kind=Kind.MISSED).not_begun().update(kind=Kind.RECORDING)


@transaction.atomic
def plan_recording_alarm(*, recording: Recording, kind: Notification.Kind, now: datetime) -> None:
    """To the hosts: the recording is missing, or cannot be played."""
    roles = [MeetingRole.Role.HOST, MeetingRole.Role.CO_HOST]
    hosts = {recording.meeting.host_id, *_people_in_roles(recording.meeting, roles)}
    dedupe_key = f"recording:{recording.pk}"
    _insert(
        _row(kind, Addressee(person_id), dedupe_key, recording.meeting, now, now, recording)
        for person_id in sorted(hosts)
    )


def _may_see(recording: Recording, each: Addressee) -> bool:
    if each.invitation_id is not None:
        return False
    if each.registration_id is None:
        return True
    visible_to_registered = {
        Recording.Visibility.REGISTERED,
        Recording.Visibility.MEMBERS,
        Recording.Visibility.PUBLIC,
    }
    return each.has_calendar_event and recording.visibility in visible_to_registered


# ---- questions -------------------------------------------------------------------------------------------


@transaction.atomic
def plan_open_questions(*, meeting: Meeting, now: datetime) -> None:
    """Once after the end: to the host, and to the speakers to whom an open question is assigned."""
    unanswered = reading.open_questions(meeting.pk)
    assigned = set(unanswered.values_list("assigned_to__person", flat=True)) - {None}
    people = {meeting.host_id, *assigned} if unanswered.exists() else set()
    dedupe_key = f"questions:{meeting.pk}"
    _insert(
        _row(Kind.OPEN_QUESTIONS, Addressee(one), dedupe_key, meeting, now, now) for one in sorted(people)
    )


@transaction.atomic
def plan_question_answered(*, question: Question, now: datetime) -> None:
    """After the meeting, to those who asked it: before its end they are told in the room. Once for a question."""
    meeting = Meeting.objects.filter(pk=question.meeting, state=Meeting.State.ENDED).first()
    if meeting is None or not question.answer:
        return
    if question.answer_is_private:
        askers = {question.participant.person_id}
    else:
        askers = {asker.person_id for asker in reading.askers_of(question)}
    registered = Registration.objects.active().filter(meeting=meeting, person__in=askers)
    by_person = {each.person_id: _registered_addressee(each) for each in registered}
    rows = [
        _row(
            Kind.QUESTION_ANSWERED,
            by_person.get(one) or Addressee(one),
            f"q:{question.pk}",
            meeting,
            now,
            now,
        )
        for one in sorted(askers)
    ]
    for row in rows:
        row.question = question
    _insert(rows)


# ---- companies and project rooms --------------------------------------------------------------------------


@transaction.atomic
def plan_colleague_added(*, company: Company, person: Person, by: Person, now: datetime) -> None:
    """At most one a day for each person and company, however often they are removed and added."""
    notification = Notification(
        kind=Kind.COLLEAGUE_ADDED,
        person=person,
        company=company,
        caused_by=by,
        dedupe_key=f"company:{company.pk}:{now:%Y%m%d}",
        due_at=now,
        created_at=now,
    )
    _insert([notification])


@transaction.atomic
def plan_project_room(*, project: ProjectRoom, companies: Collection[int], by: Person, now: datetime) -> None:
    """Once to each person of these companies, except whoever did it."""
    members = Person.objects.filter(company__in=companies, is_active=True).exclude(pk=by.pk)
    _insert(
        Notification(
            kind=Kind.PROJECT_ROOM,
            person_id=person_id,
            project=project,
            caused_by=by,
            dedupe_key=f"project:{project.pk}",
            due_at=now,
            created_at=now,
        )
        for person_id in members.order_by("pk").values_list("pk", flat=True)
    )


# ---- recipients and rows --------------------------------------------------------------------------------


def _people_in_roles(meeting: Meeting, roles: Collection[str]) -> list[int]:
    held = MeetingRole.objects.filter(meeting=meeting, role__in=roles)
    return list(held.values_list("person_id", flat=True))


def _all_addressees(meeting: Meeting) -> list[Addressee]:
    """Each person once; their registration before their role, because it has their language and link."""
    return [_addressee(recipient) for recipient in recipients(meeting)]


def _addressee(recipient: Recipient) -> Addressee:
    if recipient.person_id is None:
        raise ValueError("only a person with a row can be told")
    return Addressee(
        recipient.person_id,
        recipient.registration_id,
        recipient.has_calendar_event,
        invitation_id=recipient.invitation_id,
    )


def _registered_addressee(registration: Registration) -> Addressee:
    return Addressee(
        registration.person_id, registration.pk, registration.state == Registration.State.CONFIRMED
    )


def _plan_reminders(meeting: Meeting, addressees: Collection[Addressee], now: datetime) -> None:
    """Those still ahead. One that was dropped when the same person lost registration or role waits again."""
    for minutes, due_at in upcoming_reminders(meeting.reminders, starts_at=meeting.starts_at, now=now):
        dedupe_key = f"reminder:{minutes}:rev{meeting.revision}:{meeting.pk}"
        _delete_dropped(meeting, Kind.REMINDER, addressees, dedupe_key)
        _insert(_reminder(each, minutes, dedupe_key, meeting, due_at, now) for each in addressees)


def _delete_dropped(
    meeting: Meeting, kind: Notification.Kind, addressees: Collection[Addressee], dedupe_key: str
) -> None:
    """Deletes rows that were dropped before they were sent, where the same is to be sent after all.

    Thanks and reminders that the secretariat stopped stay so; another time on the stage is news all the same.
    """
    dropped = Notification.objects.filter(
        meeting=meeting, kind=kind, dedupe_key=dedupe_key, state=Notification.State.DROPPED
    )
    if kind in {Kind.THANKS, Kind.REMINDER}:
        dropped = dropped.exclude(drop_reason=Reason.BY_OPERATOR)
    people = {each.person_id for each in addressees}
    pks = [pk for pk, person_id in dropped.values_list("pk", "person_id") if person_id in people]
    if pks:
        Notification.objects.filter(pk__in=pks).delete()


def _row(
    kind: Notification.Kind,
    each: Addressee,
    dedupe_key: str,
    meeting: Meeting,
    due_at: datetime,
    now: datetime,
    recording: Recording | None = None,
) -> Notification:
    return Notification(
        kind=kind,
        person_id=each.person_id,
        registration_id=each.registration_id,
        invitation_id=each.invitation_id,
        meeting=meeting,
        recording=recording,
        revision=meeting.revision,
        dedupe_key=dedupe_key,
        details={**each.details, "calendar": each.has_calendar_event},
        due_at=due_at,
        created_at=now,
    )


def _reminder(
    each: Addressee, minutes: int, dedupe_key: str, meeting: Meeting, due_at: datetime, now: datetime
) -> Notification:
    row = _row(Kind.REMINDER, each, dedupe_key, meeting, due_at, now)
    row.minutes_before = minutes
    return row


def _insert(rows: Iterable[Notification]) -> None:
    for batch in _batches(rows):
        Notification.objects.bulk_create(batch, ignore_conflicts=True)


def _batches(rows: Iterable[Notification]) -> Iterator[list[Notification]]:
    batch: list[Notification] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _drop(notifications: NotificationQuerySet, reason: Notification.DropReason) -> None:
    """Also rows claimed and not begun: a worker checks its claim before it sends."""
    notifications.not_begun().update(state=Notification.State.DROPPED, drop_reason=reason, failure="")
