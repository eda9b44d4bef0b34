"""Whether those who are in a room still may be: asked again of the database while they are there.

For everybody at once, with as many queries for one as for two thousand.
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
    """One that is in the room, with the sign-in or key that its ticket was issued for."""

    session: int | None = None
    api_token: int | None = None


@dataclass(frozen=True)
class Refusal:
    """The socket is closed with `code`."""

    code: int


@dataclass(frozen=True)
class Grant:
    """The socket stays open, with this access."""

    access: Access
    is_admitted: bool


Decision = Refusal | Grant


def reauthorize(
    *, room_id: str, kind: str, connections: Sequence[AuthorizedConnection], now: datetime
) -> dict[str, Decision]:
    """By connection. `kind` is the room's."""
    admissions = _admissions(room_id, connections)
    access = policy_of_kind(kind).current_access(room_id, connections)
    running = running_sessions({each.session for each in connections}, now)
    keys = valid_api_tokens({each.api_token for each in connections})
    decisions: dict[str, Decision] = {}
    for each in connections:
        admission, is_active = admissions.get(each.person, (None, False))
        if admission is None or admission in TURNED_AWAY:
            decisions[each.connection] = Refusal(CLOSE_REMOVED)
        elif is_active and each.session is not None and each.session not in running:
            decisions[each.connection] = Refusal(CLOSE_SIGNED_OUT)  # signing in again brings them back
        elif each.connection not in access or (each.api_token is not None and each.api_token not in keys):
            decisions[each.connection] = Refusal(CLOSE_NO_ENTRY)
        else:
            is_in = admission == Participant.AdmissionStatus.ADMITTED
            granted = access[each.connection]
            decisions[each.connection] = Grant(granted, is_in or granted.level >= Level.SPEAK)
    return decisions


def _admissions(room_id: str, connections: Sequence[AuthorizedConnection]) -> dict[int, tuple[str, bool]]:
    """By person, with whether their account is active."""
    people = {each.person for each in connections}
    rows = Participant.objects.filter(room=room_id, person__in=people)
    found = rows.values_list("person_id", "admission", "person__is_active")
    return {person: (admission, is_active) for person, admission, is_active in found}
