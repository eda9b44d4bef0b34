"""Who may read a film: a connection that is in a room, while the film is on the stage there."""

from django.core.signing import BadSignature, Signer
from django.db.models import Exists, OuterRef

from engagement.premiere.playing import on_stage
from rooms.models import Participant, Presence

_signer = Signer(salt="premiere")


def ticket_for(connection: str, film: str) -> str:
    return _signer.sign(f"{connection}.{film}")


def film_of(ticket: str) -> str | None:
    """None for a ticket that is wrong, or does not hold any more."""
    try:
        connection, film = _signer.unsign(ticket).split(".")
    except (BadSignature, ValueError):
        return None
    admitted = Participant.objects.filter(
        room=OuterRef("room"), person=OuterRef("person"), admission=Participant.AdmissionStatus.ADMITTED
    )  # who is removed has a presence until their socket is closed
    here = Presence.objects.present().filter(Exists(admitted), connection=connection)
    presence = here.only("room_id").first()
    premiere = on_stage(presence.room_id) if presence is not None else None
    return film if premiere is not None and premiere.film.id == film else None
