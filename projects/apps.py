"""What a group of companies works on."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("Project rooms")

    def ready(self) -> None:
        from companies import content_versions, leaving_company
        from meetings.access import register_memberships
        from projects import joining, models, personal_data
        from projects.memberships import memberships
        from projects.policy import ProjectPolicy
        from projects.room_feature import PROJECT
        from rooms import policy
        from rooms.features import register
        from rooms.models import Room

        policy.register(Room.Kind.PROJECT, ProjectPolicy())
        register_memberships(memberships)
        leaving_company.register_step(joining.left_company)
        register(PROJECT)
        content_versions.watch(models.ProjectRoom)
        personal_data.register_all()
