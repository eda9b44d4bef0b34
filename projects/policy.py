"""Room policy of project rooms: the people of their companies may enter at any time, others as in a meeting."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _

from companies.collation import sorted_by_name
from companies.languages import LanguageText
from meetings import access, room_policy
from meetings.access import Level
from meetings.room_policy import Credential, MeetingPolicy
from projects.models import ProjectRoom
from rooms.models import Room
from rooms.policy import Access, CredentialHolder, Entry, Introduction, Requester, RoomDescription


class ProjectPolicy(MeetingPolicy):
    def entry_for(self, requester: Requester, room: Room) -> Entry:
        visitor = room_policy.visitor_of(requester)
        if visitor.person is None or not access.project_rooms(visitor).filter(pk=room.pk).exists():
            return super().entry_for(requester, room)
        person, meeting = visitor.person, access.current_meeting(room.pk)
        is_host = meeting is not None and access.level_in(visitor, meeting) >= Level.HOST
        level = Level.HOST if is_host else Level.SPEAK
        return Entry(
            room=room,
            person=person,
            level=level,
            role=room_policy.role_in(meeting, person, level) if meeting is not None else "attendee",
            name=person.name,
            company_name=person.company.name if person.company is not None else "",
            credential=Credential().encode(),
        )

    def current_access(self, room_id: str, holders: Sequence[CredentialHolder]) -> dict[str, Access]:
        return room_policy.access_by_connection(room_id, holders, is_project=True)

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

    def open_rooms(self, room_ids: Collection[str]) -> set[str]:
        """All: a project room never closes."""
        return set(room_ids)
