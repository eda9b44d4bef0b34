"""Which words of an email the secretariat can change, and what they are where nobody has changed them.

A text has variables in braces, as `{title}`, which are replaced by name; nothing else in it is evaluated.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from notifications.models import EmailText, Notification

Kind = Notification.Kind
Texts: TypeAlias = Mapping[tuple[str, str], EmailText]  # in use, by kind and language
PARTS = ("subject", "introduction", "closing")
LONGEST = {"subject": 120, "introduction": 2000, "closing": 2000}
VARIABLE = re.compile(r"\{([^{}]*)\}")
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_MEETING = ("title", "when", "host", "site")


@dataclass(frozen=True)
class EditableText:
    """The product's own words; `subject` is empty where it says what happened, so that it cannot be changed."""

    subject: Any = ""
    introduction: Any = ""
    variables: tuple[str, ...] = _MEETING
    # A variable that a part, once changed, must have.
    required: Mapping[str, str] = field(default_factory=lambda: {"subject": "title"})

    def own(self, part: str, language: str) -> str:
        """As the secretariat would write it."""
        with translation.override(language):
            return _PLACEHOLDER.sub(r"{\1}", str(getattr(self, part, "")))

    def must_have(self, part: str) -> str:
        return self.required.get(part, "")


EDITABLE: dict[Notification.Kind, EditableText] = {
    Kind.CONFIRMATION: EditableText(_("You’re registered: %(title)s, %(when)s")),
    Kind.REQUESTED: EditableText(
        _("Registration received: %(title)s"),
        _("We’ve received your registration. We’ll email you as soon as the host has decided."),
    ),
    Kind.WAITLISTED: EditableText(
        _("You’re on the waitlist: %(title)s"),
        _("When a seat becomes free and it’s your turn, we’ll email you."),
    ),
    Kind.OFFER: EditableText(
        _("A seat is available: %(title)s"),
        _("We’re holding it for you until %(until)s (your time)."),
        (*_MEETING, "until"),
        {"subject": "title", "introduction": "until"},
    ),
    Kind.REFUSED: EditableText(_("Registration not approved: %(title)s")),
    Kind.WITHDRAWN: EditableText(),
    Kind.VERIFY: EditableText(_("Confirm your registration: %(title)s")),
    Kind.LAPSED: EditableText(),
    Kind.REMINDER: EditableText(),
    Kind.CHANGE: EditableText(),
    Kind.CANCELLATION: EditableText(_("Cancelled: %(title)s, %(when)s")),
    Kind.INVITATION: EditableText(),
    Kind.INVITED: EditableText(_("You’re invited: %(title)s, %(when)s")),
    Kind.RECORDING: EditableText(_("Recording: %(title)s")),
    Kind.RECORDING_MISSING: EditableText(
        _("The recording is missing: %(title)s"),
        _(
            "This meeting was meant to be recorded, but we haven’t received a recording. If you "
            "have the file, please upload it."
        ),
    ),
    Kind.RECORDING_FAILED: EditableText(
        _("The recording cannot be played: %(title)s"),
        _(
            "The file could not be turned into a recording that can be played. The page of the recording says "
            "why. If you have another copy, please upload it."
        ),
    ),
    Kind.OPEN_QUESTIONS: EditableText(_("Open questions: %(title)s")),
    Kind.QUESTION_ANSWERED: EditableText(_("Your question was answered: %(title)s")),
    Kind.COLLEAGUE_ADDED: EditableText(
        _("You have been added to a company: %(company)s"),
        variables=("company", "site"),
        required={"subject": "company"},
    ),
    Kind.PROJECT_ROOM: EditableText(_("Project room: %(title)s"), variables=("title", "site")),
    Kind.PROPOSAL_DECLINED: EditableText(introduction=_("The host couldn’t use the time that you proposed.")),
    Kind.DIGEST: EditableText(_("New for you: webinars and recordings"), variables=("site",), required={}),
    Kind.THANKS: EditableText(_("Thanks for joining: %(title)s")),
    Kind.MISSED: EditableText(
        _("We missed you: %(title)s"),
        _("You were registered but couldn’t make it. You can watch the recording."),
    ),
}


@dataclass(frozen=True)
class FilledText:
    subject: str
    introduction: str
    closing: str


def filled(
    texts: Texts,
    kind: str,
    language: str,
    values: Mapping[str, str],
    *,
    in_subject: Mapping[str, str] | None = None,
) -> FilledText:
    """What is in use for one reader, else the product's own; `in_subject` are values that are shorter there."""
    editable, changed = EDITABLE.get(Kind(kind), EditableText()), texts.get((kind, language))
    parts = {part: getattr(changed, part, "") or editable.own(part, language) for part in PARTS}
    with_values = {part: _with(text, values) for part, text in parts.items() if part != "subject"}
    return FilledText(subject=_with(parts["subject"], {**values, **(in_subject or {})}), **with_values)


def _with(text: str, values: Mapping[str, str]) -> str:
    """In one pass: braces in a value stay as they are."""
    return VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)


def unknown_variables(text: str, editable: EditableText) -> list[str]:
    """As they were written, in their order; also a brace that belongs to none."""
    unknown = [found[0] for found in VARIABLE.finditer(text) if found[1] not in editable.variables]
    return unknown or re.findall(r"[{}]", VARIABLE.sub("", text))
