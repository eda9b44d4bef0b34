"""What letters are written about, and the phrases that several of them share, in the reader's language."""

from dataclasses import astuple, dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from companies import zones
from companies.languages import in_language
from companies.models import Person
from companies.templatetags.page import clock, day_in_words
from meetings import access
from meetings.models import Meeting, MeetingRole, Registration
from notifications.email_content import Link, Passage, absolute
from notifications.mime import LONGEST_NAME, clean
from notifications.models import Notification


@dataclass(frozen=True)
class Own:
    """What in a letter is one reader's alone: the paths in and out of reminders, the day they registered."""

    link: str
    unsubscribe: str
    registered: str

    def in_place_of(self, other: "Own") -> "Own":
        """These, where the other has something."""
        parts = zip(astuple(self), astuple(other), strict=True)
        return Own(*(mine if theirs else "" for mine, theirs in parts))


@dataclass(frozen=True)
class Occasion:
    """What a letter is written about, and for whom."""

    notification: Notification
    meeting: Meeting
    person: Person
    seat: Registration | None
    role: MeetingRole | None  # looked for when there is no seat
    language: str
    zone: str
    own: Own
    now: datetime

    @property
    def link(self) -> str:
        """The reader's own way in."""
        return absolute(self.own.link)

    @property
    def unsubscribe(self) -> str:
        return absolute(self.own.unsubscribe) if self.own.unsubscribe else ""

    @property
    def title(self) -> str:
        return in_language(self.meeting.title, self.language).text

    @property
    def begins(self) -> datetime:
        return self.meeting.starts_at.astimezone(zones.zone(self.zone))

    @property
    def day_and_hour(self) -> str:
        """As a part of a sentence."""
        return f"{day_in_words(self.begins, in_sentence=True)}, {clock(self.begins)}"

    @property
    def first_name(self) -> str:
        name = clean(self.seat.name if self.seat else self.person.name, LONGEST_NAME)
        # A greeting is no place for an advertisement that somebody registered under another's address.
        return "" if not name or any(sign in name for sign in ("://", "www.", "@")) else name.split(" ")[0]


def about_meeting(meeting: Meeting) -> tuple[Passage, ...]:
    lines = [capfirst(meeting.get_kind_display())]
    if meeting.host_company:
        lines[0] += f", {meeting.host_company.name}"
    if meeting.languages:
        lines.append(_("Language: %(names)s") % {"names": _languages(meeting.languages)})
    if meeting.interpreted_into:
        lines.append(_("Interpretation: %(names)s") % {"names": _languages(meeting.interpreted_into)})
    return (Passage("\n".join(lines)),)


def _languages(codes: list[str]) -> str:
    return ", ".join(str(settings.ALL_LANGUAGES.get(code, code)) for code in codes)


def place(meeting: Meeting) -> tuple[Passage, ...]:
    if meeting.format == Meeting.Format.ONLINE or not meeting.address:
        return ()
    return (Passage(meeting.address, title=_("Where")),)


def own_link(about: Occasion) -> str:
    """A note beside a link that lets in whoever has it."""
    is_own = about.seat is not None or role_of(about) in access.SPEAKS
    return _("Your own link, please do not forward it.") if is_own else ""


def recorded(meeting: Meeting) -> tuple[Passage, ...]:
    if not meeting.record:
        return ()
    text = _("Your voice and picture are in it only if you speak.")
    return (Passage(text, title=_("It will be recorded")),)


def what_comes_next(about: Occasion) -> tuple[Passage, ...]:
    ahead = [
        moment.astimezone(zones.zone(about.zone))
        for minutes in sorted(set(about.meeting.reminders), reverse=True)
        if minutes > 0 and (moment := about.meeting.starts_at - timedelta(minutes=minutes)) > about.now
    ]
    if not ahead or not about.person.wants_reminders:
        return ()
    hours = "\n".join(f"{day_in_words(moment)}, {clock(moment)}" for moment in ahead)
    return (Passage(hours, title=_("We remind you")),)


def entry_goes(about: Occasion) -> tuple[Passage, ...]:
    if not about.notification.details.get("calendar"):
        return ()
    return (Passage(_("The entry in your calendar is taken away with this mail.")),)


def elsewhere() -> Link:
    return Link(_("See what is coming"), absolute(reverse("schedule")))


def role_of(about: Occasion) -> str:
    if about.meeting.host_id == about.person.pk:
        return MeetingRole.Role.HOST
    return about.role.role if about.role else ""


def name_of_field(name: str) -> str:
    names = {
        "title": _("title"),
        "description": _("description"),
        "format": _("online or on site"),
        "address": _("place"),
        "languages": _("languages"),
        "interpreted_into": _("interpretation"),
        "speakers": _("speakers"),
    }
    return names.get(name, "")


def because(about: Occasion) -> str:
    if about.seat is not None:
        words = _("You get this because you registered with this address: %(day)s.")
        return words % {"day": about.own.registered}
    if about.meeting.host_id == about.person.pk:
        return _("You get this because you host this meeting.")
    if role_of(about):
        return _("You get this because you are on the stage of this meeting.")
    if about.notification.details.get("stage"):
        return _("You get this because you were on the stage of this meeting.")
    return _("You get this because your company has a part in this project room.")
