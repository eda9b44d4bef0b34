"""Signed tickets to a room: read without the database, valid for 60 seconds and one connection."""

import re
from dataclasses import asdict, dataclass, replace
from typing import Any, TypedDict

from django.core import signing
from django.utils.translation import gettext as _

from companies.ids import new_id
from companies.text import cleaned
from rooms.policy import Entry
from rooms.refusals import UnableToJoin

SECONDS = 60
SALT = "room ticket"
LONGEST_NAME = 120
# U+200E and U+200F are invisible and would make one name look like another.
DIRECTION_MARKS = re.compile("[\u200e\u200f]")


@dataclass(frozen=True)
class Ticket:
    """`credential` is the policy's (see `rooms.policy.Entry`); `signed_in` is false for a guest by a personal link.

    `session` and `api_token` are keys of the UserSession or ApiToken that it was issued for and ends with.
    """

    id: str
    room: str
    person: int
    credential: str
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
    entry: Entry,
    *,
    name: str = "",
    signed_in: bool = True,
    session: int | None = None,
    api_token: int | None = None,
) -> str:
    """`name` is the name to be shown in the room, if it is another than the entry's."""
    ticket = replace(ticket_of(entry, signed_in=signed_in), session=session, api_token=api_token)
    wanted = " ".join(cleaned(DIRECTION_MARKS.sub("", name), one_line=True).split())[:LONGEST_NAME]
    return signing.dumps(asdict(replace(ticket, name=wanted) if wanted else ticket), salt=SALT)


def issued(entry: Entry, **options: Any) -> IssuedTicket:
    """The response of page and API: the ticket, the socket's path, and its seconds. Options as for `issue`."""
    return {
        "ticket": issue(entry, **options),
        "url": f"/ws/rooms/{entry.room.pk}/",
        "expires_in": SECONDS,
    }


def issued_again(ticket: Ticket, *, room_id: str) -> IssuedTicket:
    """To another room, of the same person by the same credential: for who is connected by this ticket."""
    again = replace(ticket, id=new_id(), room=room_id)
    return {
        "ticket": signing.dumps(asdict(again), salt=SALT),
        "url": f"/ws/rooms/{room_id}/",
        "expires_in": SECONDS,
    }


def ticket_of(entry: Entry, *, signed_in: bool) -> Ticket:
    return Ticket(
        id=new_id(),
        room=entry.room.pk,
        person=entry.person.pk,
        credential=entry.credential,
        name=entry.name or _("Guest"),
        company=entry.company_name,
        signed_in=signed_in,
    )


def read(ticket: str) -> Ticket:
    """Raises UnableToJoin for a forged or expired ticket."""
    try:
        return Ticket(**signing.loads(ticket, salt=SALT, max_age=SECONDS))
    except (signing.BadSignature, TypeError, ValueError) as problem:
        raise UnableToJoin("bad_ticket") from problem
