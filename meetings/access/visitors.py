"""Who asks: a signed-in person, a guest by personal links, both, or nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from companies.models import Company, Person
from meetings.models import Invitation, MeetingRole, Registration
from rooms import policy

# Session keys: ids of the registrations, invitations and stage roles whose personal link this browser has used.
SESSION_REGISTRATIONS = "seats"
SESSION_INVITATIONS = "invited"
SESSION_STAGE_ROLES = "stage"
HOST_ROLES = frozenset({MeetingRole.Role.HOST, MeetingRole.Role.CO_HOST})
SPEAKING_ROLES = frozenset({MeetingRole.Role.SPEAKER, MeetingRole.Role.INTERPRETER})
# Those whose people get a link of their own, which lets them in; captioners are in the room like attendees.
LINKED_ROLES = SPEAKING_ROLES | {MeetingRole.Role.CAPTIONER}


class NotVisible(Http404):
    """For this visitor it does not exist: 404."""


class NotAllowed(PermissionDenied):
    """The visitor sees it and may not do this with it: 403."""


Level = policy.Level


@dataclass(frozen=True)
class Visitor:
    """Who asks: a signed-in person, a guest by personal links, both, or nobody.

    `role_ids` are of MeetingRoles. A link lets in and speak, never host: that takes signing in.
    """

    person: Person | None = None
    registration_ids: tuple[str, ...] = ()
    role_ids: tuple[int, ...] = ()
    invitation_ids: tuple[str, ...] = ()

    @property
    def is_secretariat(self) -> bool:
        return self.person is not None and self.person.is_active and self.person.is_secretariat

    @property
    def company(self) -> Company | None:
        return self.person.company if self.person else None

    @property
    def person_ids(self) -> list[int]:
        """Everybody this visitor may act as: themselves, and those whose personal links they hold."""
        ids = [self.person.pk] if self.person else []
        if self.registration_ids:
            registrations = Registration.objects.filter(
                pk__in=self.registration_ids, person__erased_at__isnull=True
            ).active()
            ids.extend(registrations.values_list("person_id", flat=True))
        if self.invitation_ids:
            invitations = Invitation.objects.filter(pk__in=self.invitation_ids).standing()
            ids.extend(invitations.values_list("person_id", flat=True))
        if self.role_ids:
            ids.extend(MeetingRole.objects.filter(pk__in=self.role_ids).values_list("person_id", flat=True))
        return ids


def visitor_of(request: HttpRequest) -> Visitor:
    person = request.user if isinstance(request.user, Person) and request.user.is_active else None
    return visitor_from_session(person, request.session)


def visitor_from_session(person: Person | None, session: Mapping[str, Any]) -> Visitor:
    """Who is signed in, and holds the personal links that this browser's session keeps."""
    registration_ids = tuple(pk for pk in session.get(SESSION_REGISTRATIONS, []) if isinstance(pk, str))
    role_ids = tuple(pk for pk in session.get(SESSION_STAGE_ROLES, []) if isinstance(pk, int))
    invitation_ids = tuple(pk for pk in session.get(SESSION_INVITATIONS, []) if isinstance(pk, str))
    return Visitor(person, registration_ids, role_ids, invitation_ids)


def can_schedule(visitor: Visitor) -> bool:
    """Everybody of a company, and the secretariat, may host; a guest may not."""
    return visitor.is_secretariat or visitor.company is not None


def owns_address(visitor: Visitor, email: str) -> bool:
    """Whether the visitor has shown that this address is theirs."""
    return Person.objects.filter(pk__in=visitor.person_ids, email=email.strip().lower()).exists()
