"""The personal data of recordings: who made and uploaded them. Their content belongs to the meeting."""

from django.utils.translation import gettext_lazy as _

from companies.personal_data import Column, Export, register, register_impersonal
from recordings.models import Chapter, PremiereFilm, Recording, RecordingFile, Upload


def register_all() -> None:
    register(
        Recording,
        "recordings",
        export=Export(
            rows=lambda person: Recording.objects.filter(created_by=person).select_related("meeting"),
            columns=[
                *("id", "meeting", "title", "state", "source", "language", "visibility"),
                *("started_at", "duration_seconds", "published_at", "expires_at", "created_at"),
            ],
            title=_("Recordings that you made"),
        ),
        erase=lambda person, _now: Recording.objects.filter(created_by=person).update(created_by=None),
        without=dict.fromkeys(
            [
                *(
                    "room",
                    "expected_by",
                    "failure",
                    "failure_values",
                    "alarmed_at",
                    "attempts",
                    "transcribe_at",
                    "transcription_attempts",
                    "next_attempt_at",
                ),
                *("disk_full_since", "created_by", "state_changed_at"),
            ],
            "how the file is processed",
        ),
    )
    register(
        Upload,
        "uploads",
        export=Export(
            rows=lambda person: Upload.objects.filter(created_by=person),
            columns=[
                Column("filename", _("Name of the file")),
                Column("content_type", _("type")),
                Column("created_at", _("created at")),
            ],
            title=_("Files that you uploaded"),
        ),
        erase=lambda person, _now: Upload.objects.filter(created_by=person).update(
            created_by=None, filename=""
        ),
        without=dict.fromkeys(
            ["id", "recording", "path", "offset", "length", "created_by", "touched_at", "completed_at"],
            "how the file arrives",
        ),
    )
    register_impersonal("parts of a recording, which belongs to its meeting", RecordingFile, Chapter)
    register_impersonal("which recordings a meeting shows", PremiereFilm)
