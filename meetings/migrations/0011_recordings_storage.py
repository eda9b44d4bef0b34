"""Files of recordings are named in a storage of their own; they stay where they are."""

from django.db import migrations, models

import meetings.models.recording


class Migration(migrations.Migration):
    dependencies = [("meetings", "0010_project_room_of_its_own")]

    operations = [
        migrations.AlterField(
            model_name="recordingfile",
            name="file",
            field=models.FileField(
                max_length=255, storage=meetings.models.recording.recordings_storage, upload_to=""
            ),
        ),
        migrations.AlterField(
            model_name="upload",
            name="path",
            field=models.CharField(help_text="name in the storage of recordings", max_length=255),
        ),
    ]
