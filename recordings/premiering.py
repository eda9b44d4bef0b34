"""Films that are shown in a meeting: hosts choose them beforehand among recordings, and the room plays them in step."""

from collections.abc import Collection

from django.db import transaction
from django.urls import reverse

from companies.collation import sorted_by_name
from companies.languages import in_language
from engagement.premiere.messages import CaptionsAddress, Film
from meetings.access import Visitor
from meetings.models import Meeting
from recordings.access import playable_recordings, recordings_to_show
from recordings.models import PremiereFilm, Recording, RecordingFile
from recordings.models.recording import RecordingQuerySet

MOST_FILMS = 20  # of one meeting


class RecordingLibrary:
    """What `engagement.premiere.library` asks for."""

    def films(self, meeting: str) -> list[Film]:
        found = films_of(meeting).select_related("meeting").prefetch_related("files")[:MOST_FILMS]
        return sorted_by_name(
            [_film(recording) for recording in found], lambda film: str(in_language(film.title))
        )

    def address(self, film: Film, ticket: str) -> str:
        return reverse("premiere_file", args=[ticket])

    def captions(self, film: Film, ticket: str) -> list[CaptionsAddress]:
        return [
            CaptionsAddress(language=code, address=reverse("premiere_captions", args=[ticket, code]))
            for code in film.captions
        ]


def films_of(meeting: str) -> RecordingQuerySet:
    """Chosen for this meeting, and not deleted or expired since."""
    return playable_recordings().filter(premieres__meeting=meeting)


@transaction.atomic
def choose_films(*, meeting: Meeting, by: Visitor, chosen: Collection[str]) -> None:
    """Those of `chosen` that `by` may show; what another host has chosen, and `by` may not show, stays."""
    Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    may_show = recordings_to_show(by)
    PremiereFilm.objects.filter(meeting=meeting, recording__in=may_show).exclude(
        recording__in=chosen
    ).delete()
    new = may_show.filter(pk__in=chosen).exclude(premieres__meeting=meeting)
    PremiereFilm.objects.bulk_create(PremiereFilm(meeting=meeting, recording=recording) for recording in new)


def _film(recording: Recording) -> Film:
    files = list(recording.files.all())
    return Film(
        id=recording.pk,
        title=recording.shown_title,
        language=recording.language,
        seconds=recording.duration_seconds or 0,
        has_picture=any(
            kept.role == RecordingFile.Role.MAIN and kept.content_type.startswith("video/") for kept in files
        ),
        captions=sorted(kept.language for kept in files if kept.role == RecordingFile.Role.CAPTIONS),
    )
