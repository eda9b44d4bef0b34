"""The context of an email, and the phrases that several share, in the reader's language."""

import re
from dataclasses import astuple, dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from companies import zones
from companies.languages import in_language, short_date_as_written, with_language
from companies.models import Person
from companies.templatetags.page import day_in_words, format_time
from meetings import access
from meetings.links import personal_link
from meetings.models import Invitation, Meeting, MeetingRole, Registration
from notifications.editable_texts import FilledText, Texts, filled
from notifications.email_content import Link, Paragraph, absolute
from notifications.mime import LONGEST_NAME, clean
from notifications.models import Notification, Preference


@dataclass(frozen=True)
class PersonalParts:
    """What differs from recipient to recipient: personal and unsubscribe links, the registration date."""

    link: str
    unsubscribe: str
    registered: str

    def where_set_in(self, other: "PersonalParts") -> "PersonalParts":
        """With these parts replaced where the other has a value."""
        parts = zip(astuple(self), astuple(other), strict=True)
        return PersonalParts(*(mine if theirs else "" for mine, theirs in parts))


@dataclass(frozen=True)
class MailContext:
    """What an email is about, and for whom."""

    notification: Notification
    meeting: Meeting
    person: Person
    registration: Registration | None
    role: MeetingRole | None  # looked up when there is no registration
    language: str
    zone: str
    personal: PersonalParts
    now: datetime
    texts: Texts = field(default_factory=dict)
    together: tuple["MailContext", ...] = ()  # what the same email tells of other meetings of the series

    @property
    def parts(self) -> list["MailContext"]:
        """This and what the same email tells of others, in the order of their meetings."""
        return sorted((self, *self.together), key=lambda one: (one.meeting.starts_at, one.meeting.pk))

    @property
    def invitation(self) -> Invitation | None:
        return self.notification.invitation

    @property
    def link(self) -> str:
        """The recipient's link to the meeting."""
        return absolute(self.personal.link)

    @property
    def withdraw_link(self) -> str:
        """Where the registration is cancelled."""
        if self.registration is None:
            return self.link
        return absolute(personal_link(self.registration, withdraw=True))

    @property
    def unsubscribe(self) -> str:
        return absolute(self.personal.unsubscribe) if self.personal.unsubscribe else ""

    @property
    def title(self) -> str:
        return in_language(self.meeting.title, self.language).text

    @property
    def starts_at(self) -> datetime:
        return self.meeting.starts_at.astimezone(zones.zone(self.zone))

    @property
    def day_and_time(self) -> str:
        """As part of a sentence."""
        return f"{day_in_words(self.starts_at, in_sentence=True)}, {format_time(self.starts_at)}"

    @property
    def short_day_and_time(self) -> str:
        """`14 Jan, 18:06`: a phone shows about 40 characters of a subject."""
        this_year = self.now.astimezone(zones.zone(self.zone)).year
        return f"{short_date_as_written(self.starts_at, shown_year=this_year)}, {format_time(self.starts_at)}"


def texts_of(context: MailContext, kind: str, **more: str) -> FilledText:
    values = {
        "title": context.title,
        "when": context.day_and_time,
        "host": clean(context.meeting.host_name, LONGEST_NAME),
        "site": settings.SITE_NAME,
        **more,
    }
    short = {"when": context.short_day_and_time}
    return filled(context.texts, kind, context.language, values, in_subject=short)


def prose(text: str) -> tuple[Paragraph, ...]:
    """Each of its paragraphs; none when it is empty."""
    return tuple(Paragraph(part.strip()) for part in re.split(r"\n\s*\n", text) if part.strip())


def meeting_summary(meeting: Meeting) -> tuple[Paragraph, ...]:
    lines = [capfirst(meeting.get_kind_display())]
    if meeting.host_company:
        lines[0] += f", {meeting.host_company.name}"
    if meeting.languages:
        lines.append(_("Language: %(names)s") % {"names": _languages(meeting.languages)})
    if meeting.interpreted_into:
        planned = _("Interpretation planned: %(names)s") % {"names": _languages(meeting.interpreted_into)}
        how = meeting.interpretation_how
        lines += [planned, how or _("Choose what you hear in the meeting room, under Interpretation.")]
    return (Paragraph("\n".join(lines)),)


def _languages(codes: list[str]) -> str:
    return ", ".join(str(settings.ALL_LANGUAGES.get(code, code)) for code in codes)


def location(meeting: Meeting) -> tuple[Paragraph, ...]:
    if meeting.format == Meeting.Format.ONLINE or not meeting.address:
        return ()
    return (Paragraph(meeting.address, title=_("Where")),)


def personal_link_note(context: MailContext) -> str:
    """A note beside a personal link, which admits whoever has it."""
    is_own = (
        context.registration is not None
        or context.invitation is not None
        or role_of(context) in access.LINKED_ROLES
    )
    return _("This link is only for you. Please don’t forward it.") if is_own else ""


def recording_notice(meeting: Meeting) -> tuple[Paragraph, ...]:
    if not meeting.record:
        return ()
    text = _("You’re only in the recording if your microphone or camera is on.")
    return (Paragraph(text, title=_("This meeting will be recorded")),)


def upcoming_reminders(context: MailContext) -> tuple[Paragraph, ...]:
    ahead = [
        moment.astimezone(zones.zone(context.zone))
        for minutes in sorted(set(context.meeting.reminders), reverse=True)
        if minutes > 0 and (moment := context.meeting.starts_at - timedelta(minutes=minutes)) > context.now
    ]
    if not ahead or not context.person.wants_reminders or context.invitation is not None:
        return ()
    hours = "\n".join(f"{day_in_words(moment)}, {format_time(moment)}" for moment in ahead)
    return (Paragraph(hours, title=_("Reminders")),)


def confirm_by_notice(context: MailContext) -> tuple[Paragraph, ...]:
    """Asks to confirm the address, and says until when an unconfirmed registration is held."""
    if context.registration is None or not context.registration.is_to_verify:
        return ()
    if context.registration.verify_by is None:
        return (
            Paragraph(
                _(
                    "Confirm that this email address is yours. That way, you keep your seat even if the meeting fills "
                    "up."
                )
            ),
        )
    local = context.registration.verify_by.astimezone(zones.zone(context.zone))
    text = _(
        "Only a few seats are left. Please confirm your email address by: %(when)s (your time). After "
        "that, your seat may go to someone else."
    )
    return (Paragraph(text % {"when": f"{day_in_words(local, in_sentence=True)}, {format_time(local)}"}),)


def registration_link(context: MailContext, label: str = "") -> Link:
    if context.registration is not None and context.registration.is_to_verify:
        return Link(_("Confirm my registration"), context.link)
    return Link(label or _("Open the meeting"), context.link)


def calendar_removal_notice(context: MailContext) -> tuple[Paragraph, ...]:
    if not context.notification.details.get("calendar"):
        return ()
    return (Paragraph(_("This email removes the event from your calendar.")),)


def answer_link(context: MailContext) -> Link:
    return Link(_("Answer the invitation"), context.link)


def from_whom(context: MailContext) -> tuple[Paragraph, ...]:
    """The host, where the summary names no company."""
    meeting = context.meeting
    name = "" if meeting.host_company else clean(meeting.host.name, LONGEST_NAME)
    return (Paragraph(_("Invited by: %(name)s") % {"name": name}),) if name else ()


def unsubscribe_link(context: MailContext) -> Link | None:
    preference = context.notification.preference
    return turn_off_link(preference, context.unsubscribe) if preference else None


def turn_off_link(preference: Preference, address: str) -> Link:
    labels = {
        Preference.REMINDERS: _("Turn off reminders"),
        Preference.FOLLOW_UPS: _("Turn off emails after meetings"),
        Preference.DIGEST: _("Turn off the weekly email"),
        Preference.NEWSLETTER: _("Turn off the newsletter"),
    }
    return Link(labels[preference], address)


def upcoming_meetings_link() -> Link:
    return Link(_("See upcoming meetings"), absolute(reverse("schedule")))


def role_of(context: MailContext) -> str:
    if context.meeting.host_id == context.person.pk:
        return MeetingRole.Role.HOST
    return context.role.role if context.role else ""


def field_label(name: str) -> str:
    names = {
        "title": _("title"),
        "description": _("description"),
        "format": _("format (online or on site)"),
        "address": _("place"),
        "languages": _("languages"),
        "interpreted_into": _("interpretation"),
        "speakers": _("speakers"),
    }
    return names.get(name, "")


def former_values(context: MailContext) -> dict[str, Paragraph]:
    """What the reader knew before a change, by field; without what is as it was again."""
    meeting, former = context.meeting, context.notification.details.get("former", {})
    title, address, how = former.get("title"), former.get("address"), former.get("format")
    found = {}
    if title and title != meeting.title:
        localized = in_language(title, context.language)
        text = _("Previous title: %(title)s") % {"title": with_language(localized)}
        found["title"] = Paragraph(text)
    if how and how != meeting.format:
        words = {"now": meeting.get_format_display(), "former": Meeting.Format(how).label}
        found["format"] = Paragraph(_("Format: %(now)s (previously: %(former)s)") % words)
    if address and address != meeting.address:
        found["address"] = Paragraph(_("Previous place: %(place)s") % {"place": address})
    return found


def reason_for_mail(context: MailContext) -> str:
    if context.registration is not None:
        text = _("You’re getting this email because you registered with this address on %(day)s.")
        return text % {"day": context.personal.registered}
    if context.invitation is not None:
        return _("You’re getting this email because the host of this meeting invited you.")
    if context.meeting.host_id == context.person.pk:
        return _("You’re getting this email because you’re hosting this meeting.")
    if role_of(context):
        return _("You’re getting this email because you have a role in this meeting.")
    if context.notification.details.get("stage"):
        return _("You’re getting this email because you had a role in this meeting.")
    return _("You’re getting this email because your company is part of this project room.")


def done_by(by: Person | None, words: str) -> list[Paragraph]:
    """`words` with who did it, and their company; nothing where nobody has a name."""
    if by is None or not by.name:
        return []
    name = clean(by.name, LONGEST_NAME)
    return [Paragraph(words % {"name": f"{name}, {by.company.name}" if by.company else name})]
