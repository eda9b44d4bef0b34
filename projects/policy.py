"""Room policy of project rooms: their members may enter at any time, others as in a meeting."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _

from companies.collation import sorted_by_name
from companies.composed_queries import ComposedQuery
from companies.languages import LanguageText
from companies.models import Person
from meetings import access, room_policy
from meetings.access import Level
from meetings.room_policy import Credential, MeetingPolicy
from projects.access import role_entering
from projects.memberships import entering, memberships
from projects.models import ProjectRoom, Role
from rooms.models import Room
from rooms.policy import Access, CredentialHolder, Entry, Introduction, Requester, RoomDescription

_access_inputs = ComposedQuery(
    lambda room_id, people: room_policy.compose_access_inputs(room_id, people, entering(room_id))
)


class ProjectPolicy(MeetingPolicy):
    def entry_for(self, requester: Requester, room: Room) -> Entry:
        """Raises EntryDenied, beside what every policy does, to members who have yet to accept terms."""
        visitor = room_policy.visitor_of(requester)
        role = role_entering(visitor.person, room.pk)
        if visitor.person is None or not role:
            entry = super().entry_for(requester, room)
            role_entering(entry.person, room.pk)  # a personal link opens no more than its owner may enter
            return entry
        person, meeting = visitor.person, access.current_meeting(room.pk)
        level = self._level_of(person, role, room)
        return Entry(
            room=room,
            person=person,
            level=level,
            role=room_policy.role_in(meeting, person, level) if meeting is not None else "attendee",
            name=person.name,
            company_name=person.company.name if person.company is not None else "",
            credential=Credential().encode(),
        )

    def _level_of(self, person: Person, role: str, room: Room) -> Level:
        meeting = access.current_meeting(room.pk)
        by_membership = Level.READ if role == Role.READER else Level.SPEAK
        if meeting is None:
            return by_membership
        in_meeting = access.level_in(access.Visitor(person), meeting)
        return max(by_membership, in_meeting) if in_meeting >= Level.SPEAK else by_membership

    def current_access(self, room_id: str, holders: Sequence[CredentialHolder]) -> dict[str, Access]:
        return room_policy.access_by_connection(room_id, holders, of_project=_access_inputs)

    def describe(self, room: Room) -> RoomDescription:
        """Always open: `state` is "live" without a meeting, too."""
        meeting = access.meetings_in_room(room.pk).first()
        description = (
            room_policy.description_of(meeting)
            if meeting is not None
            else RoomDescription(title={}, state="live")
        )
        return replace(description, title=room.project.title, state="live")

    def introduction(self, room: Room) -> Introduction:
        names = sorted_by_name(room.companies.values_list("name", flat=True), str)
        companies = _("Project room: %(companies)s") % {"companies": ", ".join(names)}
        return Introduction(room.project.title, companies, reverse("project_room", args=[room.pk]))

    def titles(self, room_ids: Collection[str]) -> dict[str, LanguageText]:
        return dict(ProjectRoom.objects.filter(pk__in=room_ids).values_list("pk", "title"))

    def is_member(self, person: int, room_id: str) -> bool:
        """Who has accepted the project's terms of confidentiality."""
        has_accepted = ProjectRoom.objects.filter(pk=room_id).opened_by(person).exists()
        return has_accepted and memberships.people_of(room_id).filter(pk=person).exists()

    def open_rooms(self, room_ids: Collection[str]) -> set[str]:
        """Those of projects that are neither archived nor closed."""
        found = ProjectRoom.objects.filter(pk__in=room_ids, state=ProjectRoom.State.OPEN)
        return set(found.values_list("pk", flat=True))
