"""The personal data of project rooms: who made them."""

from django.utils.translation import gettext_lazy as _

from companies.personal_data import Column, Export, register
from projects.models import ProjectRoom


def register_all() -> None:
    register(
        ProjectRoom,
        "project_rooms",
        export=Export(
            rows=lambda person: ProjectRoom.objects.filter(created_by=person).select_related("room"),
            columns=[
                *("room", "title", "purpose"),
                Column("created_at", _("created at"), lambda row: row.room.created_at),
            ],
            title=_("Project rooms that you created"),
        ),
        erase=lambda person, _now: ProjectRoom.objects.filter(created_by=person).update(created_by=None),
        without={"created_by": "the person"},
    )
