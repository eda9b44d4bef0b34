"""The host's edits of a recording: title, chapters, captions, visibility, last day."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from companies.ids import new_id
from companies.languages import LanguageText
from companies.refusals import Invalid, Outdated
from recordings import captions
from recordings.files import delete_after_commit, name_in, save
from recordings.models import Chapter, Recording, RecordingFile
from recordings.publishing import publish
from recordings.speech_plans import plan_transcription
from recordings.states import locked


class UnableToDescribe(Invalid):
    """The description does not fit the recording."""


@dataclass(frozen=True)
class NewChapter:
    """A chapter with its title in all languages."""

    starts_at_seconds: float
    title: LanguageText


class RecordingChanges(TypedDict, total=False):
    """None keeps the present value. `chapters` replaces all, in any order."""

    title: LanguageText
    language: str
    visibility: str
    expires_at: datetime | None
    chapters: Sequence[NewChapter]


@dataclass(frozen=True)
class NewCaptions:
    language: str
    cues: list[captions.Cue]


@transaction.atomic
def change_recording(
    *,
    recording: Recording,
    changes: RecordingChanges,
    now: datetime,
    new_captions: NewCaptions | None = None,
    are_captions_checked: bool = False,
    and_publish: bool = False,
    is_current: Callable[[Recording], bool] | None = None,
) -> Recording:
    """All or nothing; `is_current` is checked under the lock. `are_captions_checked`: by a person, those of a machine.

    Raises Outdated, UnableToDescribe, UnableToPublish.
    """
    recording = locked(recording)
    if is_current is not None and not is_current(recording):
        raise Outdated(
            "outdated", _("Someone else has changed this. Load the current version before you change it.")
        )
    language = recording.language
    describe(recording=recording, changes=changes)
    if are_captions_checked:
        recording.files.filter(is_machine_made=True).update(is_machine_made=False)
    if new_captions is not None:
        text = captions.write(new_captions.cues)
        keep_captions(recording=recording, language=new_captions.language, text=text)
    if recording.language != language:
        plan_transcription(recording, now=now)
    return publish(recording=recording, now=now) if and_publish else recording


@transaction.atomic
def describe(*, recording: Recording, changes: RecordingChanges) -> None:
    """Changes the description of a locked recording, not its state or files. Raises UnableToDescribe."""
    fields = {name: value for name, value in changes.items() if name != "chapters"}
    for name, value in fields.items():
        setattr(recording, name, value)
    if fields:
        recording.save(update_fields=list(fields))
    if "chapters" in changes:
        _replace_chapters(recording, changes["chapters"])


def _replace_chapters(recording: Recording, chapters: Sequence[NewChapter]) -> None:
    _refuse_chapters(recording, chapters)
    recording.chapters.all().delete()
    Chapter.objects.bulk_create(
        Chapter(recording=recording, starts_at_seconds=one.starts_at_seconds, title=one.title)
        for one in chapters
    )


def _refuse_chapters(recording: Recording, chapters: Sequence[NewChapter]) -> None:
    moments = [one.starts_at_seconds for one in chapters]
    errors = []
    if len(set(moments)) < len(moments):
        errors.append(_("Two chapters start at the same time."))
    if recording.duration_seconds is not None and any(at >= recording.duration_seconds for at in moments):
        errors.append(_("A chapter starts after the recording ends."))
    if errors:
        raise UnableToDescribe({"chapters": errors})


@transaction.atomic
def keep_captions(*, recording: Recording, language: str, text: str) -> RecordingFile:
    """Saves the cues as WebVTT, replacing earlier captions in that language."""
    recording = locked(recording)
    raw = text.encode()
    name = save(name_in(recording, f"captions-{language}-{new_id()}.vtt"), ContentFile(raw))
    earlier = recording.files.filter(role=RecordingFile.Role.CAPTIONS, language=language)
    delete_after_commit(list(earlier.values_list("file", flat=True)))
    earlier.delete()
    return RecordingFile.objects.create(
        recording=recording,
        role=RecordingFile.Role.CAPTIONS,
        file=name,
        content_type="text/vtt",
        language=language,
        size=len(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
    )
