from django.db import migrations, models
from django.db.models import F, Q


def trust_who_is_registered(apps, schema_editor):
    """Nobody who registered under the old rules loses a place by the new one."""
    registrations = apps.get_model("meetings", "Registration").objects
    registrations.filter(verified_at=None).update(verified_at=F("registered_at"))


class Migration(migrations.Migration):
    dependencies = [("meetings", "0007_remember_when_a_meeting_changed")]

    operations = [
        migrations.AddField(
            model_name="registration",
            name="verified_at",
            field=models.DateTimeField(
                blank=True,
                help_text="empty: anybody may have typed this address",
                null=True,
                verbose_name="address confirmed at",
            ),
        ),
        migrations.AddField(
            model_name="registration",
            name="verify_by",
            field=models.DateTimeField(
                blank=True,
                help_text="after that the place lapses",
                null=True,
                verbose_name="address to be confirmed by",
            ),
        ),
        migrations.RunPython(trust_who_is_registered, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="registration",
            constraint=models.CheckConstraint(
                condition=Q(verify_by__isnull=True)
                | Q(verified_at__isnull=True, state__in=["pending", "confirmed"]),
                name="only_a_held_unverified_place_lapses",
            ),
        ),
        migrations.AddIndex(
            model_name="registration",
            index=models.Index(
                condition=Q(verify_by__isnull=False), fields=["verify_by"], name="registration_to_verify"
            ),
        ),
        migrations.AddIndex(
            model_name="registration",
            index=models.Index(
                condition=Q(state="offered"), fields=["offered_until"], name="registration_offered"
            ),
        ),
        migrations.AddIndex(
            model_name="registration",
            index=models.Index(
                condition=Q(state="waitlisted"), fields=["meeting"], name="registration_waitlisted"
            ),
        ),
    ]
