from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("companies", "0002_company_color_theme")]

    operations = [migrations.RemoveField("person", "wants_digest")]
