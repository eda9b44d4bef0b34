from typing import Any

from django.db import migrations, models


def to_project_meetings(apps: Any, _editor: Any) -> None:
    """What a one-to-one meeting was in all but name."""
    apps.get_model("meetings", "Meeting").objects.filter(kind="one_to_one").update(kind="project_meeting")


class Migration(migrations.Migration):
    dependencies = [("meetings", "0002_meeting_of_a_series_has_a_position")]

    operations = [
        migrations.RunPython(to_project_meetings, migrations.RunPython.noop),
        migrations.AlterField(
            "meeting",
            "kind",
            models.CharField(
                choices=[
                    ("webinar", "webinar"),
                    ("lecture", "lecture"),
                    ("project_meeting", "project meeting"),
                    ("conference_session", "conference session"),
                    ("site_visit", "site visit"),
                ],
                max_length=24,
                verbose_name="kind",
            ),
        ),
    ]
