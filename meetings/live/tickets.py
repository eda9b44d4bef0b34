"""Short-lived signed entry to a room: read without the database, good for 60 seconds and for one connection."""

import re
from dataclasses import asdict, dataclass, replace
from typing import Any, TypedDict

from django.core import signing
from django.utils.translation import gettext as _

from companies.ids import new_id
from companies.text import cleaned
from meetings import access
from meetings.models import MeetingRole

SECONDS = 60
SALT = "room ticket"
LONGEST_NAME = 120
# Marks of direction would make one name look like another.
UNSEEN = re.compile("[\u200e\u200f]")


class UnableToEnter(Exception):
    """The ticket is forged, too old, or for another room."""


@dataclass(frozen=True)
class Ticket:
    """`level` is an access.Level; `signed_in` is false for a guest who came by a personal link.

    `session` and `api_token` are keys of the UserSession or ApiToken it was issued for: it ends with them.
    """

    id: str
    room: str
    person: int
    registration: str | None
    meeting: str | None
    level: int
    role: str
    name: str
    company: str
    signed_in: bool
    session: int | None = None
    api_token: int | None = None


class IssuedTicket(TypedDict):
    ticket: str
    url: str
    expires_in: int


def issue(
    entry: access.Entry,
    *,
    name: str = "",
    signed_in: bool = True,
    session: int | None = None,
    api_token: int | None = None,
) -> str:
    """`name` is how the person wishes to be called in the room; without it the one they registered with."""
    ticket = replace(ticket_of(entry, signed_in=signed_in), session=session, api_token=api_token)
    wanted = " ".join(cleaned(UNSEEN.sub("", name), one_line=True).split())[:LONGEST_NAME]
    return signing.dumps(asdict(replace(ticket, name=wanted) if wanted else ticket), salt=SALT)


def issued(entry: access.Entry, **options: Any) -> IssuedTicket:
    """What pages and programs are given: the ticket, the socket's path, and for how long. Options as for `issue`."""
    return {
        "ticket": issue(entry, **options),
        "url": f"/ws/rooms/{entry.room.pk}/",
        "expires_in": SECONDS,
    }


def ticket_of(entry: access.Entry, *, signed_in: bool) -> Ticket:
    seat, person = entry.registration, entry.person
    company = seat.company_name if seat is not None else ""
    return Ticket(
        id=new_id(),
        room=entry.room.pk,
        person=person.pk,
        registration=seat.pk if seat is not None else None,
        meeting=entry.meeting.pk if entry.meeting is not None else None,
        level=int(entry.level),
        role=role_of(entry),
        name=(seat.name if seat is not None else "") or person.name or _("Guest"),
        company=company or (person.company.name if person.company is not None else ""),
        signed_in=signed_in,
    )


def role_of(entry: access.Entry) -> str:
    """The stage role that others see; who may host without being asked to is shown as a co-host."""
    if entry.meeting is None or entry.level <= access.Level.ENTER:
        return MeetingRole.Role.ATTENDEE.value
    if entry.level >= access.Level.HOST and entry.meeting.host_id == entry.person.pk:
        return MeetingRole.Role.HOST.value
    roles = MeetingRole.objects.filter(meeting=entry.meeting, person=entry.person)
    role = roles.values_list("role", flat=True).first()
    if role is not None:
        return str(role)
    return (MeetingRole.Role.CO_HOST if entry.level >= access.Level.HOST else MeetingRole.Role.ATTENDEE).value


def read(ticket: str) -> Ticket:
    """Raises UnableToEnter."""
    try:
        return Ticket(**signing.loads(ticket, salt=SALT, max_age=SECONDS))
    except (signing.BadSignature, TypeError, ValueError) as problem:
        raise UnableToEnter from problem
