"""Forms about a recording: its description, chapters as lines, captions."""

import re
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.collation import sorted_by_name
from companies.form_fields import LineField, ProseField
from companies.form_versions import VersionedForm
from companies.languages import LanguageText, active_language
from recordings import media_files
from recordings.arriving import max_upload_bytes
from recordings.captions import Captions, NotCaptions
from recordings.captions import read as read_captions
from recordings.describing import NewCaptions, NewChapter, RecordingChanges
from recordings.models import Recording
from recordings.premiering import MOST_FILMS

MOST_CHAPTERS = 100
MOST_CAPTION_BYTES = 2 * 1024 * 1024
# "8:20 Title", "[0:00] Title", and "00:00 - Title", whose dash does not belong to the title.
_CHAPTER = re.compile(r"^[\[(]?(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)[\])]?(?:\s*[-–—:|·•])?\s+(\S.*)$", re.ASCII)


class DescriptionForm(VersionedForm):
    """Title by language, visibility, last day, chapters as “mm:ss Title”, captions as a file."""

    language = forms.ChoiceField(label=gettext_lazy("Language"))
    visibility = forms.ChoiceField(
        label=gettext_lazy("Who can see this"), choices=Recording.Visibility.choices, widget=forms.RadioSelect
    )
    last_day = forms.DateField(
        label=gettext_lazy("Available until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy(
            "The files are deleted the next day. If you leave this empty, they are deleted one year "
            "after publication."
        ),
    )
    chapters = ProseField(
        label=gettext_lazy("Chapters"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 7, "class": "input", "spellcheck": "true"}),
        help_text=gettext_lazy("One per line, for example: 8:20 Six thermometers on a rope"),
    )
    are_captions_checked = forms.BooleanField(
        label=gettext_lazy("I have checked the automatic captions"),
        required=False,
        help_text=gettext_lazy("This removes the note that nobody has checked them."),
    )
    captions_language = forms.ChoiceField(label=gettext_lazy("Caption language"), required=False)
    captions = forms.FileField(
        label=gettext_lazy("Captions"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".vtt,.srt,text/vtt"}),
        help_text=gettext_lazy("A WebVTT or SubRip file. It replaces earlier captions in the same language."),
    )

    def __init__(self, *args: Any, recording: Recording, chapters: str = "", **kwargs: Any) -> None:
        """`chapters` are suggested in place of those that there are."""
        self.recording, self.suggested_chapters = recording, chapters
        kwargs.setdefault("initial", initial_of(recording))
        super().__init__(*args, **kwargs)
        named = [(code, str(capfirst(name))) for code, name in settings.ALL_LANGUAGES.items()]
        languages = sorted_by_name(named, lambda one: one[1])
        for name in ("language", "captions_language"):
            self.fields[name].choices = languages  # type: ignore[attr-defined]
        if not recording.files.filter(is_machine_made=True).exists():
            del self.fields["are_captions_checked"]
        for code, label in settings.LANGUAGES:
            self.fields[f"title_{code}"] = LineField(label=capfirst(label), required=False, max_length=200)

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """The suggestion is not in `initial`, which is what is stored, and from which the version is made."""
        if field_name == "chapters" and self.suggested_chapters:
            return self.suggested_chapters
        return super().get_initial_for_field(field, field_name)

    @property
    def title_fields(self) -> list[forms.BoundField]:
        return [self[f"title_{code}"] for code, _name in settings.LANGUAGES]

    def clean_last_day(self) -> datetime | None:
        day = self.cleaned_data["last_day"]
        if day is None:
            return None
        if day.year < 2000 or day.year > 2200:
            raise ValidationError(_("Choose a date between 2000 and 2200."))
        return datetime.combine(day + timedelta(days=1), time(), tzinfo=timezone.get_current_timezone())

    def clean_chapters(self) -> tuple[tuple[float, str], ...]:
        return read_chapters(self.cleaned_data["chapters"], self.recording.duration_seconds)

    def clean_captions(self) -> Captions | None:
        sent = self.cleaned_data["captions"]
        if not isinstance(sent, UploadedFile):
            return None
        if (sent.size or 0) > MOST_CAPTION_BYTES:
            raise ValidationError(_("The caption file can be at most 2 MB."))
        try:
            return read_captions(sent.read(), language=self.cleaned_data.get("captions_language", ""))
        except NotCaptions as error:
            raise ValidationError(error.message) from error

    def changes(self) -> RecordingChanges:
        """Only when valid."""
        return RecordingChanges(
            title=self._title(),
            language=self.cleaned_data["language"],
            visibility=self.cleaned_data["visibility"],
            expires_at=self.cleaned_data["last_day"],
            chapters=self._chapters(),
        )

    def new_captions(self) -> NewCaptions | None:
        """Only when valid."""
        sent: Captions | None = self.cleaned_data["captions"]
        language = self.cleaned_data["captions_language"] or self.cleaned_data["language"]
        return NewCaptions(language, sent.cues) if sent else None

    def _chapters(self) -> list[NewChapter]:
        """Titles in other languages are kept for chapters that begin at the same time."""
        known = {chapter.starts_at_seconds: chapter.title for chapter in self.recording.chapters.all()}
        language = chapter_language(self.recording)
        return [
            NewChapter(seconds, {**known.get(seconds, {}), language: title})
            for seconds, title in self.cleaned_data["chapters"]
        ]

    def _title(self) -> LanguageText:
        kept = {
            code: words for code, words in self.recording.title.items() if f"title_{code}" not in self.fields
        }
        given = {code: self.cleaned_data[f"title_{code}"] for code, _name in settings.LANGUAGES}
        return {**kept, **{code: words for code, words in given.items() if words}}


def initial_of(recording: Recording) -> dict[str, Any]:
    language = chapter_language(recording)
    last_day = recording.last_day and timezone.localtime(recording.last_day).date()
    lines = [
        f"{media_files.duration_text(chapter.starts_at_seconds)} {chapter.title.get(language) or chapter}"
        for chapter in recording.chapters.all()
    ]
    return {
        "language": recording.language,
        "visibility": recording.visibility,
        "last_day": last_day,
        "chapters": "\n".join(lines),
        "captions_language": recording.language or active_language(),
        **{f"title_{code}": words for code, words in recording.title.items()},
    }


def chapter_language(recording: Recording) -> str:
    """Chapters are written in the recording's spoken language."""
    return recording.language or active_language()


def read_chapters(written: str, duration_seconds: float | None) -> tuple[tuple[float, str], ...]:
    """Lines “mm:ss Title” or “h:mm:ss Title”. Raises one ValidationError that names each wrong line."""
    found: dict[float, str] = {}
    errors = []
    for number, line in enumerate(written.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            seconds, title = _chapter(line.strip(), duration_seconds)
            if seconds in found:
                raise ValidationError(_("This time is used twice."))
            found[seconds] = title
        except ValidationError as error:
            errors.append(
                _("Line %(number)d: %(problem)s") % {"number": number, "problem": error.messages[0]}
            )
    if len(found) > MOST_CHAPTERS:
        errors.append(_("You can add at most 100 chapters."))
    if errors:
        raise ValidationError(errors)
    return tuple(sorted(found.items()))


def _chapter(line: str, duration_seconds: float | None) -> tuple[float, str]:
    match = _CHAPTER.match(line)
    if match is None:
        raise ValidationError(_("Enter a time and a title, such as 8:20 Six thermometers."))
    hours, minutes, seconds, title = match.groups()
    at = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    if duration_seconds is not None and at >= duration_seconds:
        raise ValidationError(
            _("The recording ends at %(end)s.") % {"end": media_files.duration_text(duration_seconds)}
        )
    if len(title) > 200:
        raise ValidationError(_("The title can have at most 200 characters."))
    return float(at), title.strip()


class WholeFileForm(forms.Form):
    """Upload without scripts: one file in one request."""

    file = forms.FileField(
        label=gettext_lazy("Recording"),
        widget=forms.FileInput(attrs={"accept": "video/webm,video/mp4,audio/webm,audio/mp4,.webm,.mp4,.m4a"}),
        help_text=gettext_lazy("WebM or MP4."),
    )
    replace = forms.BooleanField(
        label=gettext_lazy("Discard the earlier upload and upload this file"), required=False
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        sent: UploadedFile[bytes] = self.cleaned_data["file"]
        if (sent.size or 0) > max_upload_bytes():
            raise ValidationError(_("The file is too large."))
        head = sent.read(12)
        sent.seek(0)
        if media_files.kind_of(head) is None:
            raise ValidationError(_("This is not a WebM or MP4 file."))
        return sent


class FilmsForm(forms.Form):
    """Recordings that are shown in a meeting."""

    films = forms.MultipleChoiceField(
        label=gettext_lazy("Films"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Recordings of meetings that you host, and those that anyone can watch."),
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["films"].choices = choices  # type: ignore[attr-defined]

    def clean_films(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["films"]
        if len(chosen) > MOST_FILMS:
            message = _("A meeting can have at most %(most)s films.") % {"most": MOST_FILMS}
            raise ValidationError(message)
        return chosen
