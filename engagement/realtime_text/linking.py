"""Links for captions from outside: created, renewed and revoked by hosts, posted to by a captioner's program.

The address is a capability (in the manner of the closed-caption URL of other meeting services): whoever knows it posts
captions in one language to one meeting, and does nothing else.
"""

from datetime import datetime
from hashlib import sha256

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from companies.ids import new_id
from companies.languages import NATIVE_NAMES
from companies.refusals import Refusal
from engagement.realtime_text.messages import RttCommitted
from engagement.realtime_text.models import CaptionLink, new_link_key
from rooms import journal
from rooms.messages import PersonRef
from rooms.models import Room
from rooms.policy import policy_for

RECOGNISED = 100  # posts
_signer = Signer(salt="caption link")


class NoSuchLink(Exception):
    """Never given, renewed or revoked."""


class UnableToPost(Refusal):
    """`code`: not_live."""


# ---- hosts -----------------------------------------------------------------------------------------------


def links_of(meeting: str) -> QuerySet[CaptionLink]:
    return CaptionLink.objects.filter(meeting=meeting).order_by("language")


@transaction.atomic
def create_link(*, room_id: str, meeting: str, language: str, now: datetime) -> None:
    """One that is there stays as it is."""
    CaptionLink.objects.get_or_create(
        meeting=meeting, language=language, defaults={"room_id": room_id, "created_at": now}
    )


@transaction.atomic
def renew_link(*, meeting: str, language: str, now: datetime) -> bool:
    """The address that was given is void. False when there is none."""
    changes = {"link_key": new_link_key(), "last_seq": 0, "recent": [], "posted_at": None, "created_at": now}
    return links_of(meeting).filter(language=language).update(**changes) > 0


@transaction.atomic
def revoke_link(*, meeting: str, language: str) -> bool:
    """False when there is none."""
    deleted, _by_table = links_of(meeting).filter(language=language).delete()
    return deleted > 0


# ---- the address -----------------------------------------------------------------------------------------


def token_of(link: CaptionLink) -> str:
    return _signer.sign(f"{link.pk}.{link.link_key}")


def link_by_token(token: str) -> CaptionLink:
    """Raises NoSuchLink."""
    try:
        pk, _separator, key = _signer.unsign(token).partition(".")
    except BadSignature as error:
        raise NoSuchLink from error
    link = CaptionLink.objects.filter(pk=pk, link_key=key).first()
    if link is None:
        raise NoSuchLink
    return link


# ---- posting ---------------------------------------------------------------------------------------------


@transaction.atomic
def post_caption(*, link: CaptionLink, seq: int | None, text: str, now: datetime) -> CaptionLink:
    """Shows a line to everybody, once: the same text with the same number is recognised. Without text nothing happens.

    Numbers may start anew, as when the captioner's program was restarted. Raises NoSuchLink, UnableToPost.
    """
    known = CaptionLink.objects.select_for_update().filter(pk=link.pk, link_key=link.link_key).first()
    if known is None:
        raise NoSuchLink
    _refuse_unless_live(known)
    post = [seq, sha256(text.encode()).hexdigest()[:16]]
    if text == "" or (seq is not None and post in known.recent):
        return known
    known.last_seq = _newest(known.last_seq, seq)
    known.recent = [*known.recent, post][-RECOGNISED:]
    known.posted_at = now
    known.save(update_fields=["last_seq", "recent", "posted_at"])
    _write(known, text, now)
    return known


def _newest(known: int, seq: int | None) -> int:
    """Posts may overtake each other; a number that is far lower is that of a program that was restarted."""
    if seq is None:
        return known
    return seq if seq < known - RECOGNISED else max(known, seq)


def _refuse_unless_live(link: CaptionLink) -> None:
    description = policy_for(link.room).describe(link.room)
    if description.state != "live" or description.meeting != link.meeting:
        raise UnableToPost("not_live", _("The meeting is not live. Captions are shown while it is."))


def _write(link: CaptionLink, text: str, now: datetime) -> None:
    name = NATIVE_NAMES.get(link.language, link.language)
    event = RttCommitted(
        id=0,
        person=PersonRef(id=f"captions-{link.language}", name=name, role="captioner"),
        text_id=new_id(),
        text=text,
        language=link.language,
        at=journal.protocol_time(now),
    )
    journal.write(room=Room(pk=link.room_id), event=event, now=now)
