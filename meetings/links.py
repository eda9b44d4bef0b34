"""The personal link in an email: signed, for one registration, invitation or stage role, and so for one address.

A registration's link is void when its key is renewed, an invitation's when it is withdrawn, a speaker's when they are
removed from the stage. Hosts have none: hosting needs signing in.
"""

from datetime import timedelta

from django.core.signing import BadSignature, TimestampSigner

from companies.paths import path_with
from meetings import access
from meetings.models import Invitation, MeetingRole, Registration

LASTS = timedelta(days=400)  # a recording is kept for a year; the link leads there too
_SEPARATOR = "."
Linked = Registration | Invitation | MeetingRole


class LinkNotValid(Exception):
    """Not signed by this service, too old, or void."""


def personal_link(registration: Registration, *, recording: str = "", withdraw: bool = False) -> str:
    """The path `/j/<signed token>/`; opening it changes nothing but the browser's session.

    With the id of a recording it leads there; with `withdraw`, to the page where the registration is cancelled.
    """
    query = f"?recording={recording}" if recording else "?withdraw=1" if withdraw else ""
    return path_with("personal_link", token_of(registration)) + query


def token_of(registration: Registration) -> str:
    return _signer().sign(_SEPARATOR.join((registration.pk, registration.link_key)))


def stage_link(role: MeetingRole) -> str:
    """The path of a speaker's, interpreter's or captioner's own link."""
    return path_with("personal_link", _signer("stage").sign(str(role.pk)))


def invitation_link(invitation: Invitation) -> str:
    """The path of the link to the page where an invitation is answered."""
    token = _signer("invitation").sign(_SEPARATOR.join((invitation.pk, invitation.link_key)))
    return path_with("personal_link", token)


def resolve_link(token: str) -> Linked:
    """What the link is for. Raises LinkNotValid."""
    for find in (_role_of, _invitation_of):
        try:
            return find(token)
        except BadSignature:
            continue
    return _registration_of(token)


def _invitation_of(token: str) -> Linked:
    signed = _signer("invitation").unsign(token, max_age=LASTS)
    invitation_id, _separator, link_key = signed.partition(_SEPARATOR)
    invitations = Invitation.objects.standing().select_related("meeting", "meeting__room", "person")
    invitation = invitations.filter(pk=invitation_id, link_key=link_key).first()
    if invitation is None:
        raise LinkNotValid
    return invitation


def _role_of(token: str) -> Linked:
    role_id = _signer("stage").unsign(token, max_age=LASTS)
    roles = MeetingRole.objects.select_related("meeting__room", "person").filter(role__in=access.LINKED_ROLES)
    role = roles.filter(pk=role_id).first()
    if role is None:
        raise LinkNotValid
    return role


def _registration_of(token: str) -> Registration:
    try:
        registration_id, link_key = _signer().unsign(token, max_age=LASTS).split(_SEPARATOR)
    except (BadSignature, ValueError) as error:
        raise LinkNotValid from error
    registrations = Registration.objects.select_related("meeting", "meeting__room", "person")
    registration = registrations.filter(pk=registration_id, link_key=link_key).first()
    if registration is None:
        raise LinkNotValid
    return registration


def _signer(what: str = "seat") -> TimestampSigner:
    # A dot, not a colon: some mail programs end a link at a colon.
    return TimestampSigner(salt=what, sep=_SEPARATOR)
