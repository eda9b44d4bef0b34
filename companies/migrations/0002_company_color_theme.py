from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("companies", "0001_initial")]

    operations = [migrations.RenameField("company", "tint", "color_theme")]
