"""Names of people who are mentioned. A document has only their ids: a name that is erased is erased there, too."""

from collections.abc import Iterable, Sequence

from companies.folding import contains_words
from engagement.notes.messages import MOST_NAMES
from rooms.admission import participant_pk, public_id
from rooms.models import Participant

MOST_SEARCHED = 1_000


def names_in(room_id: str, ids: Iterable[str], query: str = "") -> dict[str, str]:
    """By id, of people who have been in the room; a name that has the query, or nothing for those of these ids."""
    people = Participant.objects.filter(room=room_id, admission=Participant.AdmissionStatus.ADMITTED)
    if query.strip():
        newest = people.order_by("-first_seen_at", "pk").values_list("pk", "name")[:MOST_SEARCHED]
        return _by_id([row for row in newest if contains_words(row[1], query)][:MOST_NAMES])
    keys = [key for key in map(participant_pk, ids) if key is not None]
    return _by_id(list(people.filter(pk__in=keys).values_list("pk", "name")))


def _by_id(rows: Sequence[tuple[int, str]]) -> dict[str, str]:
    return {public_id(pk): name for pk, name in rows}
