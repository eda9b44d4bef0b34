"""What happened becomes outbox rows: who is told of it, and when. Written in the transaction of the flow itself.

The occasion of a row makes it the only one of its kind for a person, so that planning twice tells nobody twice.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q

from meetings.models import Meeting, MeetingRole, Registration
from meetings.recipients import (
    MailKind,
    Recipient,
    mails_of_change,
    newly_on_stage,
    people_by_role,
    recipients,
    reminders_ahead,
)
from notifications.models import Notification, NotificationQuerySet
from recordings.models import Recording

Kind, Reason = Notification.Kind, Notification.DropReason
# A mail that was tried may have arrived even where the attempt seemed to fail: better one goodbye too many than an
# entry that stays in a calendar.
MAY_HAVE_LEFT = Q(attempts__gt=0) & ~Q(state=Notification.State.FAILED)
BATCH = 500


@dataclass(frozen=True)
class Told:
    """Who is told of a meeting: by their seat, or because they are on its stage or of its project room."""

    person_id: int
    registration_id: str | None = None
    has_entry: bool = True  # a calendar entry of it was or will be sent
    details: dict[str, Any] = field(default_factory=dict)


# ---- the meeting -----------------------------------------------------------------------------------------


@transaction.atomic
def plan_invitations(*, meeting: Meeting, now: datetime) -> None:
    """Those on the stage, and the people of a project room, are invited once and reminded; others register."""
    told = [Told(person_id) for person_id in people_by_role(meeting)]
    _invite(meeting, told, now)
    _plan_reminders(meeting, told, now)


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
    """Waiting reminders of the old hour are dropped; a change now and new reminders still ahead for everybody."""
    was = {"starts_at": previous_starts_at.isoformat(), "ends_at": previous_ends_at.isoformat()}
    _plan_anew(meeting, {"was": was, "changed": sorted(changed)}, joined, now)


@transaction.atomic
def plan_change(
    *, meeting: Meeting, changed: Collection[str], joined: Collection[int], now: datetime
) -> None:
    """As a move, for what else people are told of; only reminders are planned anew when it is no news."""
    _plan_anew(meeting, {"changed": sorted(changed)}, joined, now)


@transaction.atomic
def plan_cancellation(*, meeting: Meeting, now: datetime) -> None:
    """Whatever waits is dropped; everybody who was told of the meeting is told that it does not take place."""
    waiting = Notification.objects.filter(meeting=meeting).exclude(
        kind__in=[Kind.WITHDRAWN, Kind.REFUSED, Kind.LAPSED]
    )
    _drop(waiting, Reason.MEETING_CANCELLED)
    told = _everybody(meeting)
    _insert(_row(Kind.CANCELLATION, each, f"cancel:{meeting.pk}", meeting, now, now) for each in told)


@transaction.atomic
def plan_stage_left(*, meeting: Meeting, people: Collection[int], now: datetime) -> None:
    """One mail to each who heard of their place on the stage takes the calendar entry away; what waits is dropped.

    Who has a seat keeps the entry, and is reminded by it. Who was told nothing yet is told nothing.
    """
    left = set(people) - people_by_role(meeting)
    told = hear_of_leaving(meeting, left)
    for person_id in left:
        of_stage = _of_stage(meeting).filter(person=person_id)
        _drop(of_stage, Reason.NOT_ON_STAGE)
        seat = Registration.objects.filter(meeting=meeting, person=person_id).active().first()
        has_seat = seat is not None and seat.state == Registration.State.CONFIRMED
        if person_id in told:
            goodbye = Told(person_id, has_entry=not has_seat, details={"stage": True})
            occasion = f"stage:{meeting.pk}:{_goodbyes(meeting).get(person_id, 0)}"
            _make_way(meeting, Kind.WITHDRAWN, [goodbye], occasion)
            _insert([_row(Kind.WITHDRAWN, goodbye, occasion, meeting, now, now)])
        if seat is not None and has_seat:
            _plan_reminders(meeting, [_told_of_seat(seat)], now)


def _invite(meeting: Meeting, told: Collection[Told], now: datetime) -> None:
    """Once, and once more after each goodbye that left: who is put back before it left has missed nothing."""
    people = [each.person_id for each in told]
    _drop(_of_stage(meeting).filter(person__in=people, kind=Kind.WITHDRAWN), Reason.ON_STAGE_AGAIN)
    goodbyes = _goodbyes(meeting)
    for count in {goodbyes.get(person_id, 0) for person_id in people}:
        invited = [each for each in told if goodbyes.get(each.person_id, 0) == count]
        occasion = _invitation(meeting, count)
        _make_way(meeting, Kind.INVITATION, invited, occasion)
        _insert(_row(Kind.INVITATION, each, occasion, meeting, now, now) for each in invited)


def hear_of_joining(meeting: Meeting, people: Collection[int]) -> set[int]:
    """Who of these has no invitation yet, or none since the last goodbye that left."""
    goodbyes = _goodbyes(meeting)
    there = Notification.objects.filter(meeting=meeting, kind=Kind.INVITATION, person__in=people)
    invited = set(there.exclude(state=Notification.State.DROPPED).values_list("person_id", "occasion"))
    return {one for one in people if (one, _invitation(meeting, goodbyes.get(one, 0))) not in invited}


def hear_of_leaving(meeting: Meeting, people: Collection[int]) -> set[int]:
    """Whose last mail about the stage that may have left was no goodbye."""
    heard = {one: _last_heard(_of_stage(meeting).filter(person=one)) for one in people}
    return {one for one, kind in heard.items() if kind not in {None, Kind.WITHDRAWN}}


def _invitation(meeting: Meeting, goodbyes: int) -> str:
    """The occasion: who was told goodbye may be invited once more."""
    return f"meeting:{meeting.pk}:{goodbyes}" if goodbyes else f"meeting:{meeting.pk}"


def _of_stage(meeting: Meeting) -> NotificationQuerySet:
    """What people are told by their role, not by a seat."""
    return Notification.objects.filter(meeting=meeting, registration=None)


def _goodbyes(meeting: Meeting) -> dict[int, int]:
    """How many goodbyes to the stage each person may have got."""
    sent = _of_stage(meeting).filter(MAY_HAVE_LEFT, kind=Kind.WITHDRAWN).order_by()
    return dict(sent.values_list("person").annotate(count=Count("pk")))


def _last_heard(of_stage: NotificationQuerySet) -> str | None:
    """The kind of the last mail about the entry in the calendar that may have left; None when there was none."""
    heard = of_stage.filter(MAY_HAVE_LEFT, kind__in=[Kind.INVITATION, Kind.CHANGE, Kind.WITHDRAWN])
    return heard.order_by("created_at", "pk").values_list("kind", flat=True).last()


def _plan_anew(meeting: Meeting, details: dict[str, Any], joined: Collection[int], now: datetime) -> None:
    _drop(Notification.objects.filter(meeting=meeting, kind=Kind.REMINDER), Reason.MEETING_CHANGED)
    ahead = reminders_ahead(meeting.reminders, starts_at=meeting.starts_at, now=now)
    new = newly_on_stage(meeting, joined)
    planned = list(
        mails_of_change(
            recipients(meeting),
            joined=new,
            invited=hear_of_joining(meeting, new),
            changed=details["changed"],
            reminders=ahead,
        )
    )
    changed = [_told(mail.recipient) for mail in planned if mail.kind == MailKind.CHANGE]
    if changed:
        changed = _with_untold_changes(meeting, changed, details)
        occasion = f"change:rev{meeting.revision}:{meeting.pk}"
        _insert(_row(Kind.CHANGE, each, occasion, meeting, now, now) for each in changed)
    invited = [mail.recipient.person_id for mail in planned if mail.kind == MailKind.INVITATION]
    _invite(meeting, [Told(person_id) for person_id in invited if person_id is not None], now)
    reminded = {
        mail.recipient.person_id: mail.recipient for mail in planned if mail.kind == MailKind.REMINDER
    }
    _plan_reminders(meeting, [_told(one) for one in reminded.values()], now)


def _with_untold_changes(meeting: Meeting, told: list[Told], details: dict[str, Any]) -> list[Told]:
    """A change that did not leave yet is told together with this one: the hour that people know is the earlier one."""
    untold = Notification.objects.filter(meeting=meeting, kind=Kind.CHANGE).not_begun()
    earlier: dict[int, dict[str, Any]] = {}
    for person_id, known in untold.order_by("pk").values_list("person_id", "details"):
        kept = earlier.setdefault(person_id, {"changed": []})
        kept.update(
            {"was": kept.get("was") or known.get("was"), "changed": [*kept["changed"], *known["changed"]]}
        )
    _drop(untold, Reason.TOLD_LATER)
    return [_together(each, earlier.get(each.person_id), details) for each in told]


def _together(each: Told, earlier: dict[str, Any] | None, details: dict[str, Any]) -> Told:
    merged = dict(details)
    if earlier:
        merged["changed"] = sorted({*details["changed"], *earlier["changed"]})
        if earlier.get("was"):
            merged["was"] = earlier["was"]
    return Told(each.person_id, each.registration_id, each.has_entry, merged)


# ---- seats -----------------------------------------------------------------------------------------------


@transaction.atomic
def plan_confirmation(*, registration: Registration, now: datetime) -> None:
    """A confirmation now, and only those reminders that are still ahead; what was said of waiting is dropped."""
    _drop(Notification.objects.filter(registration=registration), Reason.REGISTRATION_CHANGED)
    told = _told_of_seat(registration)
    meeting = registration.meeting
    _insert([_row(Kind.CONFIRMATION, told, f"seat:{registration.pk}", meeting, now, now)])
    _plan_reminders(meeting, [told], now)


@transaction.atomic
def plan_answer(*, registration: Registration, kind: Notification.Kind, now: datetime) -> None:
    """One mail about where the registration stands: requested, waitlisted, offered or refused."""
    _drop(Notification.objects.filter(registration=registration), Reason.REGISTRATION_CHANGED)
    occasion = f"seat:{registration.pk}"
    if registration.offered_until is not None:
        occasion += f":{registration.offered_until:%Y%m%dT%H%M%S}"
    _insert([_row(kind, _told_of_seat(registration), occasion, registration.meeting, now, now)])


@transaction.atomic
def plan_verification(*, registration: Registration, now: datetime) -> None:
    """To somebody who registered while there were places enough: until when it is to be confirmed."""
    if registration.verify_by is None:
        return
    occasion = f"seat:{registration.pk}:{registration.verify_by:%Y%m%dT%H%M%S}"
    told = _told_of_seat(registration)
    _insert([_row(Kind.VERIFY, told, occasion, registration.meeting, now, now)])


@transaction.atomic
def plan_lapse(*, registration: Registration, by_host: bool, now: datetime) -> None:
    """As a withdrawal, with the way back in."""
    _give_back(registration, Kind.LAPSED, {"by_host": by_host}, now)


@transaction.atomic
def plan_withdrawal(*, registration: Registration, by_person: bool, now: datetime) -> None:
    """Whatever waits for this seat is dropped; one mail takes the calendar entry away."""
    _give_back(registration, Kind.WITHDRAWN, {"by_person": by_person}, now)


def _give_back(
    registration: Registration, kind: Notification.Kind, details: dict[str, Any], now: datetime
) -> None:
    _drop(Notification.objects.filter(registration=registration), Reason.REGISTRATION_CHANGED)
    meeting = registration.meeting
    stays = Told(registration.person_id) if registration.person_id in people_by_role(meeting) else None
    had_entry = registration.confirmed_at is not None and stays is None
    told = Told(registration.person_id, registration.pk, had_entry, details)
    _insert([_row(kind, told, f"seat:{registration.pk}", meeting, now, now)])
    if stays is not None:
        _plan_reminders(meeting, [stays], now)


# ---- recordings ------------------------------------------------------------------------------------------


@transaction.atomic
def plan_recording(*, recording: Recording, now: datetime) -> None:
    """“The recording is there”, to those of the meeting who may see it."""
    told = [each for each in _everybody(recording.meeting) if _may_see(recording, each)]
    occasion = f"recording:{recording.pk}"
    rows = (_row(Kind.RECORDING, each, occasion, recording.meeting, now, now, recording) for each in told)
    _insert(rows)


@transaction.atomic
def plan_recording_alarm(*, recording: Recording, kind: Notification.Kind, now: datetime) -> None:
    """To the hosts: it did not come, or cannot be played."""
    roles = [MeetingRole.Role.HOST, MeetingRole.Role.CO_HOST]
    hosts = {recording.meeting.host_id, *_holders(recording.meeting, roles)}
    occasion = f"recording:{recording.pk}"
    _insert(
        _row(kind, Told(person_id), occasion, recording.meeting, now, now, recording) for person_id in hosts
    )


def _may_see(recording: Recording, each: Told) -> bool:
    if each.registration_id is None:
        return True
    seen_by_seated = {
        Recording.Visibility.REGISTERED,
        Recording.Visibility.MEMBERS,
        Recording.Visibility.PUBLIC,
    }
    return each.has_entry and recording.visibility in seen_by_seated


# ---- who, and rows ---------------------------------------------------------------------------------------


def _holders(meeting: Meeting, roles: Collection[str]) -> list[int]:
    held = MeetingRole.objects.filter(meeting=meeting, role__in=roles)
    return list(held.values_list("person_id", flat=True))


def _everybody(meeting: Meeting) -> list[Told]:
    """Each person once; their seat before their role, because the seat knows their language and link."""
    return [_told(recipient) for recipient in recipients(meeting)]


def _told(recipient: Recipient) -> Told:
    if recipient.person_id is None:
        raise ValueError("only a person with a row can be told")
    return Told(recipient.person_id, recipient.registration_id, recipient.has_entry)


def _told_of_seat(registration: Registration) -> Told:
    return Told(registration.person_id, registration.pk, registration.state == Registration.State.CONFIRMED)


def _plan_reminders(meeting: Meeting, told: Collection[Told], now: datetime) -> None:
    """Those still ahead. One that was dropped when the same person gave seat or role back waits again."""
    for minutes, due_at in reminders_ahead(meeting.reminders, starts_at=meeting.starts_at, now=now):
        occasion = f"reminder:{minutes}:rev{meeting.revision}:{meeting.pk}"
        _make_way(meeting, Kind.REMINDER, told, occasion)
        _insert(_reminder(each, minutes, occasion, meeting, due_at, now) for each in told)


def _make_way(meeting: Meeting, kind: Notification.Kind, told: Collection[Told], occasion: str) -> None:
    """Takes away what was dropped before it left, where the same is to be told after all."""
    dropped = Notification.objects.filter(
        meeting=meeting, kind=kind, occasion=occasion, state=Notification.State.DROPPED
    )
    people = {each.person_id for each in told}
    pks = [pk for pk, person_id in dropped.values_list("pk", "person_id") if person_id in people]
    if pks:
        Notification.objects.filter(pk__in=pks).delete()


def _row(
    kind: Notification.Kind,
    each: Told,
    occasion: str,
    meeting: Meeting,
    due_at: datetime,
    now: datetime,
    recording: Recording | None = None,
) -> Notification:
    return Notification(
        kind=kind,
        person_id=each.person_id,
        registration_id=each.registration_id,
        meeting=meeting,
        recording=recording,
        revision=meeting.revision,
        occasion=occasion,
        details={**each.details, "calendar": each.has_entry},
        due_at=due_at,
        created_at=now,
    )


def _reminder(
    each: Told, minutes: int, occasion: str, meeting: Meeting, due_at: datetime, now: datetime
) -> Notification:
    row = _row(Kind.REMINDER, each, occasion, meeting, due_at, now)
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
    """Also what a worker has claimed and not begun: it looks whether the row is still its own before it sends."""
    notifications.not_begun().update(state=Notification.State.DROPPED, drop_reason=reason, failure="")
