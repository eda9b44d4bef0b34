"""Checks the current access of everybody in a room against the database.

The number of queries does not depend on the number of connections.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rooms.admission import TURNED_AWAY, running_sessions, valid_api_tokens
from rooms.messages import CLOSE_NO_ENTRY, CLOSE_REMOVED, CLOSE_SIGNED_OUT
from rooms.models.room import Participant
from rooms.policy import Access, CredentialHolder, Level, policy_of_kind


@dataclass(frozen=True)
class AuthorizedConnection(CredentialHolder):
    """A connection with the session or API token that its ticket was issued for.

    `is_admitted`: when the check began. Who is admitted while it runs is none whose admission has ended.
    """

    session: int | None = None
    api_token: int | None = None
    is_admitted: bool = False


@dataclass(frozen=True)
class Revocation:
    """Access has ended: the connection is closed with `code`."""

    code: int


@dataclass(frozen=True)
class Grant:
    """The connection stays open, with this access."""

    access: Access
    is_admitted: bool


Decision = Revocation | Grant


def reauthorize(
    *, room_id: str, kind: str, connections: Sequence[AuthorizedConnection], now: datetime
) -> dict[str, Decision]:
    """By connection. `kind` is Room.kind."""
    admissions = _admissions(room_id, connections)
    access = policy_of_kind(kind).current_access(room_id, connections)
    running = running_sessions({each.session for each in connections}, now)
    tokens = valid_api_tokens({each.api_token for each in connections})
    decisions: dict[str, Decision] = {}
    for each in connections:
        admission, is_active = admissions.get(each.person, (None, False))
        if admission is None or admission in TURNED_AWAY:
            decisions[each.connection] = Revocation(CLOSE_REMOVED)
        elif is_active and each.session is not None and each.session not in running:
            decisions[each.connection] = Revocation(CLOSE_SIGNED_OUT)  # they may sign in again
        elif each.connection not in access or (each.api_token is not None and each.api_token not in tokens):
            decisions[each.connection] = Revocation(CLOSE_NO_ENTRY)
        else:
            granted = access[each.connection]
            is_in = admission == Participant.AdmissionStatus.ADMITTED or granted.level >= Level.SPEAK
            if each.is_admitted and not is_in:
                decisions[each.connection] = Revocation(
                    CLOSE_NO_ENTRY
                )  # they reconnect into the waiting room
            else:
                decisions[each.connection] = Grant(granted, is_in)
    return decisions


def _admissions(room_id: str, connections: Sequence[AuthorizedConnection]) -> dict[int, tuple[str, bool]]:
    """By person: the admission, and whether the account is active."""
    people = {each.person for each in connections}
    rows = Participant.objects.filter(room=room_id, person__in=people)
    found = rows.values_list("person_id", "admission", "person__is_active")
    return {person: (admission, is_active) for person, admission, is_active in found}
