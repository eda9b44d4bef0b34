"""Who belongs to which project room, as queries: the one answer that pages, emails and the live room ask for."""

from typing import Any

from django.db.models import Case, CharField, Exists, Expression, OuterRef, Q, QuerySet, Subquery, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from companies.models import Company, Person
from meetings.access import Level
from meetings.room_policy import KEPT_OUT, NOT_A_MEMBER
from projects.models import ProjectMember, ProjectRoom, Role
from rooms.models import Room
from rooms.policy import EntryDenied

_owners = Room.companies.through.objects


class TermsNotAccepted(EntryDenied):
    """A member has yet to accept the project's terms of confidentiality; `url` is the page where they do."""

    def __init__(self, project: ProjectRoom) -> None:
        message = _("First read and accept the terms of confidentiality of this project.")
        super().__init__("terms_not_accepted", message, reverse("project_terms", args=[project.pk]))


class ProjectMemberships:
    """What `meetings` asks: `meetings.access.Memberships`."""

    def rooms_of(self, person: Person) -> QuerySet[Room]:
        rows = ProjectMember.objects.filter(person=person.pk)
        ours = Q(pk__in=rows.current().values("project"))
        if person.company_id is not None:
            ours |= Q(pk__in=_owners.filter(company=person.company_id).values("room"))
        return Room.objects.filter(ours, kind=Room.Kind.PROJECT).exclude(pk__in=rows.gone().values("project"))

    def opened_rooms_of(self, person: Person) -> QuerySet[Room]:
        opened = ProjectRoom.objects.opened_by(person.pk)
        return self.rooms_of(person).filter(pk__in=opened.values("pk"))

    def closed_rooms_of(self, person: Person) -> QuerySet[Room]:
        rows = ProjectMember.objects.filter(person=person.pk)
        theirs = _owners.filter(company=person.company_id).values("room")
        left = Q(pk__in=rows.gone().values("project"))
        left |= Q(pk__in=rows.over().values("project")) & ~Q(pk__in=theirs)
        unopened = ~Q(pk__in=self.opened_rooms_of(person).values("pk"))
        return Room.objects.filter(left | (Q(pk__in=self.rooms_of(person).values("pk")) & unopened))

    def is_closed(self, *, person: str, room: str) -> Q:
        rows = ProjectMember.objects.filter(project=OuterRef(room), person=OuterRef(person))
        by_company = Exists(_owners.filter(room=OuterRef(room), company=OuterRef(f"{person}__company")))
        opened = ProjectRoom.objects.filter(pk=OuterRef(room)).opened_by(OuterRef(OuterRef(person)))
        left = Exists(rows.gone()) | (Exists(rows.over()) & ~by_company)
        is_member = Q(Exists(rows.current())) | Q(by_company)
        return Q(left) | (is_member & ~Q(Exists(opened)))

    def refuse_unopened(self, person: Person, rooms: QuerySet[Any]) -> None:
        unopened = ProjectRoom.objects.filter(pk__in=self.rooms_of(person).filter(pk__in=rooms).values("pk"))
        project = unopened.exclude(pk__in=self.opened_rooms_of(person).values("pk")).first()
        if project is not None:
            raise TermsNotAccepted(project)

    def writable_rooms_of(self, person: Person) -> QuerySet[Room]:
        reads = ProjectMember.objects.filter(person=person.pk, role=Role.READER).current()
        rooms = self.opened_rooms_of(person).filter(project__state=ProjectRoom.State.OPEN)
        return rooms.exclude(pk__in=reads.values("project"))

    def levels_of(self, person: Person, rooms: set[str]) -> dict[str, Level]:
        opened = self.opened_rooms_of(person).filter(pk__in=rooms).values_list("pk", flat=True)
        writes = set(self.writable_rooms_of(person).filter(pk__in=rooms).values_list("pk", flat=True))
        return {pk: Level.SPEAK if pk in writes else Level.READ for pk in opened}

    def guests(self) -> QuerySet[Person]:
        rows = ProjectMember.objects.filter(company__isnull=True).current()
        return Person.objects.filter(pk__in=rows.values("person"))

    def people_of(self, room_id: str) -> QuerySet[Person]:
        rows = ProjectMember.objects.filter(project=room_id)
        theirs = Q(pk__in=rows.current().values("person"))
        theirs |= Q(company__in=_owners.filter(room=room_id).values("company"))
        return Person.objects.filter(theirs, is_active=True).exclude(pk__in=rows.gone().values("person"))


memberships = ProjectMemberships()


def companies_of(room_id: str) -> QuerySet[Company]:
    return Company.objects.filter(pk__in=_owners.filter(room=room_id).values("company"))


def role_of(person: Person, room_id: str) -> str:
    """Empty for somebody who is no member; whoever came by their company is a member without a row."""
    if not memberships.rooms_of(person).filter(pk=room_id).exists():
        return NOT_A_MEMBER
    rows = ProjectMember.objects.filter(project=room_id, person=person.pk)
    return rows.current().values_list("role", flat=True).first() or Role.MEMBER.value


def has_left(person: Person, room_id: str) -> bool:
    """Of somebody who is no member."""
    return ProjectMember.objects.filter(project=room_id, person=person.pk).over().exists()


def entering(room_id: str) -> Expression:
    """For a query of people: their role in this room, NOT_A_MEMBER, or KEPT_OUT of it, whatever else they hold."""
    rows = ProjectMember.objects.filter(project=room_id, person=OuterRef("pk"))
    by_company = Exists(_owners.filter(room=room_id, company=OuterRef("company")))
    room = ProjectRoom.objects.filter(pk=room_id)
    is_open = Exists(room.filter(state=ProjectRoom.State.OPEN))
    is_unopened = ~Exists(room.opened_by(OuterRef(OuterRef("pk"))))
    is_member = Exists(rows.current()) | by_company
    has_left = Exists(rows.gone()) | (Exists(rows.over()) & ~by_company)
    return Case(
        When(has_left | ~is_open, then=Value(KEPT_OUT)),
        When(is_member & is_unopened, then=Value(KEPT_OUT)),
        When(Exists(rows.current()), then=Subquery(rows.current().values("role")[:1])),
        When(by_company, then=Value(Role.MEMBER.value)),
        default=Value(NOT_A_MEMBER),
        output_field=CharField(),
    )
