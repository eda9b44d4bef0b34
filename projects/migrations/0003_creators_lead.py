"""Who created a project room leads it, if they still belong to one of its companies."""

from typing import Any

from django.db import migrations


def make_leads(apps: Any, _schema_editor: Any) -> None:
    project_room = apps.get_model("projects", "ProjectRoom")
    member = apps.get_model("projects", "ProjectMember")
    rooms = project_room.objects.filter(created_by__company__isnull=False).select_related(
        "room", "created_by"
    )
    for project in rooms:
        creator = project.created_by
        if project.room.companies.filter(pk=creator.company_id).exists():
            member.objects.get_or_create(
                project=project,
                person=creator,
                defaults={
                    "company_id": creator.company_id,
                    "role": "lead",
                    "added_at": project.room.created_at,
                },
            )


class Migration(migrations.Migration):
    dependencies = [("projects", "0002_members_terms_and_history")]

    operations = [migrations.RunPython(make_leads, migrations.RunPython.noop)]
