"""A company is found by its name whatever its capitals, spaces and way of writing accents."""

import unicodedata
from typing import Any

from django.db import migrations, models


def fill(apps: Any, schema_editor: Any) -> None:
    for company in apps.get_model("companies", "Company").objects.all().iterator():
        company.name_key = " ".join(unicodedata.normalize("NFKC", company.name).casefold().split())[:240]
        company.save(update_fields=["name_key"])


class Migration(migrations.Migration):
    dependencies = [("companies", "0002_name_things_in_words")]

    operations = [
        migrations.AddField(
            "company", "name_key", models.CharField(default="", editable=False, max_length=240)
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            "company", "name_key", models.CharField(db_index=True, editable=False, max_length=240)
        ),
    ]
