"""Inviting people to a meeting, and their answers. Accepting makes a registration, with the same lock and capacity.

Drafts invite nobody: a meeting is published first. Locks come in the order of `registering`: people, then the meeting.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from companies import zones
from companies.company_names import listed_companies_named
from companies.guests import GuestProfile, get_or_create_people, people_at
from companies.languages import codes
from companies.models import Company, Person
from companies.refusals import Refusal
from meetings import registering, signals
from meetings.invitation_lists import Invitee, checked
from meetings.models import Invitation, Meeting, Registration
from meetings.preconditions import lock_all
from meetings.recipients import people_by_role
from meetings.registration_states import (
    confirm_registration,
    verified_fields,
)
from meetings.seats import locked_meeting

MOST_AT_ONCE = 500
MOST_OF_MEETING = 5000  # with those withdrawn
MOST_A_DAY = 2000  # of one person, in all meetings
SEND_AGAIN_AFTER = timedelta(hours=1)


class Status(TextChoices):
    """What came of one line."""

    INVITED = "invited", gettext_lazy("invited")
    ALREADY_INVITED = "already_invited", gettext_lazy("already invited")
    ALREADY_REGISTERED = "already_registered", gettext_lazy("already registered")
    TAKES_PART = "takes_part", gettext_lazy("already taking part")
    DECLINED = "declined", gettext_lazy("has declined")
    REPEATED = "repeated", gettext_lazy("more than once in the list")
    INVALID = "invalid", gettext_lazy("not valid")
    INACTIVE = "inactive", gettext_lazy("account closed")
    TOO_SOON = "too_soon", gettext_lazy("withdrawn a short time ago")
    TOO_MANY = "too_many", gettext_lazy("too many")


@dataclass(frozen=True)
class Result:
    """Of one line; `detail` says why it was not invited. `invitation` is the one that was made or was there."""

    invitee: Invitee
    status: Status
    detail: str = ""
    invitation: Invitation | None = None

    @property
    def is_invited(self) -> bool:
        return self.status == Status.INVITED


class UnableToInvite(Refusal):
    """`code`: draft, cancelled, ended, nobody or too_many."""


class UnableToAnswer(Refusal):
    """`code`: withdrawn, cancelled or ended."""


class UnableToSendAgain(Refusal):
    """`code`: answered, too_soon, cancelled or ended."""


class UnableToWithdrawInvitation(Refusal):
    """`code`: withdrawn, declined or ended."""


# ---- inviting --------------------------------------------------------------------------------------------


def preview(*, meeting: Meeting, invitees: Sequence[Invitee], by: Person, now: datetime) -> list[Result]:
    """What `invite` would do, without doing it. Raises UnableToInvite."""
    (results,) = _previews([meeting], _checked_list(meeting, invitees, now), by, now)
    return results


def preview_series(
    *, meeting: Meeting, invitees: Sequence[Invitee], by: Person, now: datetime
) -> list[Result]:
    """What `invite_to_series` would do, without doing it. Raises UnableToInvite."""
    meetings = [meeting, *later_meetings(meeting, now=now)]
    return _of_series(_previews(meetings, _checked_list(meeting, invitees, now), by, now))


def unreadable(invitees: Sequence[Invitee]) -> list[Result]:
    """Of a list that is not complete: what is certain already."""
    return [Result(one, Status.INVALID, one.problem) for one in invitees if one.problem]


def invite(
    *, meeting: Meeting, invitees: Sequence[Invitee], by: Person, now: datetime, language: str = ""
) -> list[Result]:
    """A result for each line, in their order; those it invites are invited in one transaction. Raises UnableToInvite.

    A new address becomes a guest, with `language` unless the line has one; a known person's profile is never changed.
    """
    (results,) = _invite([meeting], _checked_list(meeting, invitees, now), by, language or by.language, now)
    return results


@transaction.atomic
def invite_to_series(
    *, meeting: Meeting, invitees: Sequence[Invitee], by: Person, now: datetime, language: str = ""
) -> list[Result]:
    """As `invite`, to this meeting and the later ones of its series: all or none, and one email to each person.

    Whoever takes part in one already stays as they are there. A line that invites to any of them counts as invited;
    the result of another is of this meeting. Raises UnableToInvite, also when not all of them can be invited to each.
    """
    meetings = [meeting, *later_meetings(meeting, now=now)]
    invitees = _checked_list(meeting, invitees, now)
    return _of_series(_invite(meetings, invitees, by, language or by.language, now))


def _of_series(by_meeting: Sequence[Sequence[Result]]) -> list[Result]:
    is_too_many = any(one.status == Status.TOO_MANY for results in by_meeting for one in results)
    if is_too_many and len(by_meeting) > 1:
        text = _("Not everyone in this list can be invited to all of these meetings.")
        raise UnableToInvite("too_many", f"{text} {_too_many()}")
    return [
        next((one for one in of_line if one.is_invited), of_line[0])
        for of_line in zip(*by_meeting, strict=True)
    ]


def later_meetings(meeting: Meeting, *, now: datetime) -> list[Meeting]:
    """Of its series, still to come, the soonest first."""
    if meeting.series_id is None:
        return []
    upcoming = Meeting.objects.upcoming(now).filter(series=meeting.series_id, starts_at__gt=meeting.starts_at)
    return list(upcoming.exclude(pk=meeting.pk))


@transaction.atomic
def _invite(
    meetings: list[Meeting], invitees: Sequence[Invitee], by: Person, language: str, now: datetime
) -> list[list[Result]]:
    """The results by meeting, the soonest first. Everybody is there before any meeting is locked."""
    people = _get_or_create_people(meetings, invitees, by, language, now)
    return [_invite_to(locked, people, invitees, by, now) for locked in lock_all(meetings)]


def _invite_to(
    locked: Meeting, people: dict[str, Person], invitees: Sequence[Invitee], by: Person, now: datetime
) -> list[Result]:
    _refuse_closed(locked, now)
    results = [
        # Somebody else's invitations were in the way before the lock: no guest was made.
        replace(one, status=Status.TOO_MANY, detail=_too_many())
        if one.is_invited and one.invitee.email not in people
        else one
        for one in _results(_Known.of(locked, people, by=by, now=now), invitees, people)
    ]
    invited = [one.invitee for one in results if one.is_invited]
    companies = listed_companies_named({one.company_name for one in invited})
    made = {one.email: _new_invitation(locked, people[one.email], one, by, companies, now) for one in invited}
    Invitation.objects.bulk_create(made.values())
    if made:
        signals.people_invited.send(Invitation, meeting=locked, invitations=list(made.values()), now=now)
    return [replace(one, invitation=made[one.invitee.email]) if one.is_invited else one for one in results]


def _previews(
    meetings: Sequence[Meeting], invitees: Sequence[Invitee], by: Person, now: datetime
) -> list[list[Result]]:
    """By meeting; those that one invites count for the limits of the next."""
    people = people_at(one.email for one in invitees if not one.problem)
    previews: list[list[Result]] = []
    for meeting in meetings:
        before = sum(one.is_invited for results in previews for one in results)
        known = _Known.of(meeting, people, by=by, now=now, before=before)
        previews.append(list(_results(known, invitees, people)))
    return previews


def _get_or_create_people(
    meetings: Sequence[Meeting], invitees: Sequence[Invitee], by: Person, language: str, now: datetime
) -> dict[str, Person]:
    """By address, before the meetings are locked: everywhere people are locked before meetings."""
    people = people_at(one.email for one in invitees if not one.problem)
    hoped = [one for results in _previews(meetings, invitees, by, now) for one in results]
    profiles = {
        one.invitee.email: GuestProfile(
            name=one.invitee.name,
            language=one.invitee.language or language,
            timezone=one.invitee.timezone
            or zones.BY_LANGUAGE.get(one.invitee.language or language, meetings[0].timezone),
        )
        for one in hoped
        if one.is_invited
    }
    return {**people, **get_or_create_people(profiles)}


def _new_invitation(
    meeting: Meeting,
    person: Person,
    invitee: Invitee,
    by: Person,
    companies: dict[str, Company],
    now: datetime,
) -> Invitation:
    company = companies.get(invitee.company_name) if invitee.company_name else person.company
    return Invitation(
        meeting=meeting,
        person=person,
        name=invitee.name or person.name,
        company=company,
        company_name=invitee.company_name or (company.name if company else ""),
        language=invitee.language if invitee.language in codes() else person.language,
        timezone=zones.known_or(invitee.timezone, person.timezone),
        by_company=invitee.by_company,
        invited_by=by,
        invited_at=now,
        sent_at=now,
    )


@dataclass(frozen=True)
class _Known:
    """What decides about each person of a list, read for all of them at once."""

    taking_part: set[int]
    registered: set[int]
    standing: dict[int, Invitation]
    withdrawn: dict[int, Invitation]  # within SEND_AGAIN_AFTER
    left: int  # how many more may be invited
    met: set[str] = field(default_factory=set)  # addresses of the lines before

    @classmethod
    def of(
        cls, meeting: Meeting, people: dict[str, Person], *, by: Person, now: datetime, before: int = 0
    ) -> "_Known":
        """With `before` the invitations that the same step is about to send to other meetings."""
        ids = [person.pk for person in people.values()]
        registrations = Registration.objects.active().filter(meeting=meeting, person__in=ids)
        invitations = Invitation.objects.filter(meeting=meeting, person__in=ids)
        recent = invitations.filter(state=Invitation.State.WITHDRAWN, sent_at__gt=now - SEND_AGAIN_AFTER)
        today = Invitation.objects.filter(invited_by=by, sent_at__gt=now - timedelta(days=1))
        return cls(
            taking_part=people_by_role(meeting).intersection(ids),
            registered=set(registrations.values_list("person_id", flat=True)),
            standing={one.person_id: one for one in invitations.standing()},
            withdrawn={one.person_id: one for one in recent},
            left=max(
                0, min(MOST_OF_MEETING - meeting.invitations.count(), MOST_A_DAY - today.count() - before)
            ),
        )


def _results(known: _Known, invitees: Sequence[Invitee], people: dict[str, Person]) -> Iterator[Result]:
    invited = 0
    for invitee in invitees:
        result = _result(known, invitee, people.get(invitee.email))
        if result.is_invited and invited >= known.left:
            result = replace(result, status=Status.TOO_MANY, detail=_too_many())
        invited += result.is_invited
        known.met.add(invitee.email)
        yield result


def _result(known: _Known, invitee: Invitee, person: Person | None) -> Result:
    if invitee.problem:
        return Result(invitee, Status.INVALID, invitee.problem)
    if invitee.email in known.met:
        return Result(invitee, Status.REPEATED, _("This address is in the list more than once."))
    status = Status.INVITED if person is None else _status_of(known, person)
    standing = known.standing.get(person.pk) if person is not None else None
    return Result(invitee, status, _details().get(status, ""), standing)


def _status_of(known: _Known, person: Person) -> Status:
    standing = known.standing.get(person.pk)
    reasons = (
        (not person.is_active, Status.INACTIVE),
        (person.pk in known.taking_part, Status.TAKES_PART),
        (person.pk in known.registered, Status.ALREADY_REGISTERED),
        (standing is not None and standing.state == Invitation.State.DECLINED, Status.DECLINED),
        (standing is not None, Status.ALREADY_INVITED),
        (person.pk in known.withdrawn, Status.TOO_SOON),
    )
    return next((status for holds, status in reasons if holds), Status.INVITED)


def _details() -> dict[Status, str]:
    return {
        Status.INACTIVE: _("This account is closed."),
        Status.TAKES_PART: _("Already taking part as host, on stage or in the project room."),
        Status.ALREADY_REGISTERED: _("This person is already registered."),
        Status.DECLINED: _(
            "This person has declined. They can still accept using the link in their invitation."
        ),
        Status.ALREADY_INVITED: _("This person is already invited."),
        Status.TOO_SOON: _(
            "This invitation was withdrawn less than an hour ago. Wait before you invite again."
        ),
    }


def _too_many() -> str:
    text = _("A meeting can have at most %(meeting)d invitations, and you can send at most %(day)d a day.")
    return text % {"meeting": MOST_OF_MEETING, "day": MOST_A_DAY}


def _checked_list(meeting: Meeting, invitees: Sequence[Invitee], now: datetime) -> list[Invitee]:
    _refuse_closed(meeting, now)
    if not invitees:
        raise UnableToInvite("nobody", _("Enter at least one email address."))
    if len(invitees) > MOST_AT_ONCE:
        text = ngettext(
            "This list has %(count)d line. At most %(most)d people can be invited at once.",
            "This list has %(count)d lines. At most %(most)d people can be invited at once.",
            len(invitees),
        )
        raise UnableToInvite("too_many", text % {"count": len(invitees), "most": MOST_AT_ONCE})
    return [checked(invitee) for invitee in invitees]


def _refuse_closed(meeting: Meeting, now: datetime) -> None:
    if meeting.state == Meeting.State.DRAFT:
        raise UnableToInvite("draft", _("Publish this meeting first. Then you can invite people."))
    refusal = _over(meeting, now)
    if refusal is not None:
        raise UnableToInvite(*refusal)


def _over(meeting: Meeting, now: datetime) -> tuple[str, str] | None:
    if meeting.state == Meeting.State.CANCELLED:
        return "cancelled", _("This meeting is cancelled.")
    if meeting.has_ended(now=now):
        return "ended", _("This meeting is over.")
    return None


def is_open_to_invite(meeting: Meeting, *, now: datetime) -> bool:
    return meeting.state != Meeting.State.DRAFT and _over(meeting, now) is None


def people_of_company(company: Company) -> list[Invitee]:
    """Its people with an open account."""
    people = company.people.filter(is_active=True).order_by("pk")[: MOST_AT_ONCE + 1]
    return [
        Invitee(
            email=person.email,
            name=person.name,
            language=person.language,
            timezone=person.timezone,
            company_name=company.name,
            by_company=True,
        )
        for person in people
    ]


# ---- answers ---------------------------------------------------------------------------------------------


@transaction.atomic
def accept(
    *, invitation: Invitation, now: datetime, name: str = "", company_name: str = "", country: str = ""
) -> Registration:
    """The person's registration: confirmed, or waitlisted where the meeting is full; the host has approved already.

    `name`, `company_name` and `country` are what they say where nobody has said it yet. Also where registration is
    closed, after declining, and for a second time. Raises UnableToAnswer.
    """
    meeting = locked_meeting(invitation.meeting_id)
    invitation = _to_answer(invitation, meeting, now)
    registered = Registration.objects.active().filter(meeting=meeting, person=invitation.person_id)
    registration = registered.select_related("person").first()
    invitation.name = invitation.name or name or invitation.person.name
    invitation.company_name = invitation.company_name or company_name
    _answer(invitation, Invitation.State.ACCEPTED, now)
    if registration is not None:
        return _confirm(registration, meeting, now)
    return registering.register_invited(
        meeting=meeting,
        person=invitation.person,
        applicant=_applicant(invitation, country),
        company=invitation.company,
        now=now,
    )


@transaction.atomic
def decline(*, invitation: Invitation, now: datetime) -> Invitation:
    """Ends the person's registration, too; its seat goes to the waitlist. Raises UnableToAnswer."""
    meeting = locked_meeting(invitation.meeting_id)
    invitation = _to_answer(invitation, meeting, now)
    if invitation.state == Invitation.State.DECLINED:
        return invitation
    _answer(invitation, Invitation.State.DECLINED, now)
    registration = Registration.objects.active().filter(meeting=meeting, person=invitation.person_id).first()
    if registration is not None:
        registering.withdraw(registration=registration, now=now)
    return invitation


def _to_answer(invitation: Invitation, meeting: Meeting, now: datetime) -> Invitation:
    """As stored, under the meeting's lock."""
    refusal = _over(meeting, now)
    if refusal is not None:
        raise UnableToAnswer(*refusal)
    stored = (
        Invitation.objects.standing().select_related("person", "company").filter(pk=invitation.pk).first()
    )
    if stored is None:
        raise UnableToAnswer("withdrawn", _("This invitation was withdrawn."))
    return stored


def _answer(invitation: Invitation, state: Invitation.State, now: datetime) -> None:
    if invitation.state == state:
        return
    invitation.state, invitation.answered_at = state, now
    invitation.save(update_fields=["state", "answered_at", "name", "company_name"])
    signals.invitation_answered.send(Invitation, invitation=invitation, now=now)


def _applicant(invitation: Invitation, country: str) -> registering.Applicant:
    """Their link was sent to the address, or they signed in with it."""
    return registering.Applicant(
        email=invitation.email,
        name=invitation.name,
        company_name=invitation.company_name,
        country=country,
        language=invitation.language,
        timezone=invitation.timezone,
        is_verified=True,
    )


def _confirm(registration: Registration, meeting: Meeting, now: datetime) -> Registration:
    """One that waits for the host's approval, or is offered a seat, is confirmed; the address of any is."""
    is_offered = registration.offered_until is not None and registration.offered_until > now
    held = registration.state == Registration.State.PENDING or is_offered
    if not held:
        if not registration.is_verified:
            Registration.objects.filter(pk=registration.pk).update(**verified_fields(now))
        return registration
    confirm_registration(registration, meeting, held=Registration.objects.all(), now=now)
    return registration


# ---- what a host does with an invitation ------------------------------------------------------------------


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, now: datetime) -> Invitation:
    """Takes it back, with the registration that came of it. Raises UnableToWithdrawInvitation."""
    meeting = locked_meeting(invitation.meeting_id)
    if meeting.has_ended(now=now):
        raise UnableToWithdrawInvitation("ended", _("This meeting is over."))
    stored = Invitation.objects.select_related("person", "meeting").get(pk=invitation.pk)
    if not stored.is_admitting:
        message = _("This invitation has already been declined or withdrawn.")
        raise UnableToWithdrawInvitation(stored.state, message)
    was_accepted = stored.state == Invitation.State.ACCEPTED
    stored.state, stored.withdrawn_at = Invitation.State.WITHDRAWN, now
    stored.save(update_fields=["state", "withdrawn_at"])
    registration = (
        Registration.objects.active().filter(meeting=meeting, person=stored.person_id).first()
        if was_accepted
        else None
    )
    if registration is not None:
        registering.withdraw(registration=registration, now=now, by_person=False)
    else:
        signals.invitation_withdrawn.send(Invitation, invitation=stored, now=now)
    return stored


@transaction.atomic
def send_again(*, invitation: Invitation, now: datetime) -> Invitation:
    """At most once in SEND_AGAIN_AFTER, while it is not answered. Raises UnableToSendAgain."""
    meeting = locked_meeting(invitation.meeting_id)
    refusal = _over(meeting, now)
    if refusal is not None:
        raise UnableToSendAgain(*refusal)
    stored = Invitation.objects.select_related("person").get(pk=invitation.pk)
    if stored.state != Invitation.State.INVITED:
        raise UnableToSendAgain("answered", _("This invitation was answered or withdrawn in the meantime."))
    if stored.sent_at > now - SEND_AGAIN_AFTER:
        message = _("This invitation was sent less than an hour ago. Wait before you send it again.")
        raise UnableToSendAgain("too_soon", message)
    stored.sent_at, stored.times_sent = now, stored.times_sent + 1
    stored.save(update_fields=["sent_at", "times_sent"])
    signals.people_invited.send(Invitation, meeting=meeting, invitations=[stored], now=now)
    return stored
