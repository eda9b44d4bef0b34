from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def stay_out(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """A row with a company is now of whoever left with it."""
    apps.get_model("projects", "ProjectMember").objects.filter(left_at__isnull=False).update(company=None)


class Migration(migrations.Migration):
    dependencies = [("projects", "0010_deletions")]

    operations = [migrations.RunPython(stay_out, migrations.RunPython.noop)]
