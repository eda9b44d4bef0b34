"""The content of emails that are about no meeting, in the active language and time zone."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from companies import email_addresses, zones
from companies.collation import sorted_by_name
from companies.languages import LanguageText, in_language, language_name, with_language
from companies.models import Person
from companies.templatetags.page import day_in_words, not_translated
from meetings.models import Meeting
from notifications.company_messages import compose_about_contact
from notifications.digest_content import content_of
from notifications.editable_texts import FilledText, Texts, filled
from notifications.email_content import (
    EmailContent,
    Link,
    Paragraph,
    absolute,
    footer,
    time_range,
    title_paragraphs,
)
from notifications.links import (
    newsletter_link,
    unsubscribe_link,
)
from notifications.mime import LONGEST_NAME, clean
from notifications.models import Newsletter, Notification, Preference
from notifications.project_messages import compose_about_project
from notifications.snippets import done_by, prose, turn_off_link
from projects.models import ProjectRoom
from recordings.models import Recording

Kind = Notification.Kind
MOST_NAMED = 30  # companies of a project room in one sentence


def compose_without_meeting(
    notification: Notification, language: str, texts: Texts, now: datetime
) -> EmailContent | None:
    """None when the row lacks the object that its kind is about."""
    match notification.kind:
        case Kind.COLLEAGUE_ADDED:
            content = _colleague_added(notification, language, texts)
        case Kind.PROJECT_ROOM:
            content = _project_room(notification, language, texts)
        case Kind.CONTACT:
            content = _contact(notification, language)
        case Kind.DIGEST:
            content = _digest(notification, language, texts, now)
        case Kind.NEWSLETTER_REQUEST:
            content = _newsletter_request(notification, language)
        case Kind.REPLY:
            content = _reply(notification, language)
        case _:
            content = compose_about_contact(notification, language) or compose_about_project(
                notification, language
            )
    return content


def _colleague_added(notification: Notification, language: str, texts: Texts) -> EmailContent | None:
    company, person = notification.company, notification.person
    if company is None or person is None:
        return None
    by, sign_in = notification.caused_by, Link(_("Sign in"), absolute(reverse("account_login")))
    can_do = _(
        "See meetings for the companies of the cluster, plan meetings yourself, enter your company’s "
        "project rooms, and register without filling in your details each time."
    )
    how = _(
        "Choose “Sign in” and enter this email address: %(email)s. We send you a code; you do not need a password."
    )
    words = _words(notification.kind, language, texts, company=company.name)
    return EmailContent(
        kind=notification.kind,
        subject=words.subject,
        heading=_("You have been added to a company"),
        language=language,
        opening=(
            Paragraph(company.name, is_name=True),
            *prose(words.introduction),
            *done_by(by, _("Added by: %(name)s")),
            Paragraph(can_do, title=_("What you can do now")),
        ),
        button=sign_in,
        paragraphs=(
            Paragraph(how % {"email": email_addresses.readable(person.email)}, title=_("How to sign in")),
            _if_it_is_a_mistake(by),
            *prose(words.closing),
        ),
        footer=footer(reason_for_mail=_("You’re getting this email because you were added to this company.")),
    )


def _project_room(notification: Notification, language: str, texts: Texts) -> EmailContent | None:
    project, person, by = notification.project, notification.person, notification.caused_by
    if project is None or person is None:
        return None
    title = in_language(project.title, language).text
    purpose = in_language(project.purpose, language)
    names = sorted_by_name(project.room.companies.values_list("name", flat=True)[:MOST_NAMED], str)
    what = _("Chat, audio and video at any time, and the meetings of the project with their recordings.")
    words = _words(notification.kind, language, texts, title=title)
    return EmailContent(
        kind=notification.kind,
        subject=words.subject,
        heading=_("You now have access to a project room"),
        language=language,
        opening=(
            *title_paragraphs(project.title, language),
            *prose(words.introduction),
            *([Paragraph(purpose.text, language=purpose.language)] if purpose.text else []),
            *done_by(by, _("Opened by: %(name)s")),
            *([Paragraph(", ".join(names), title=_("Companies in this room"))] if names else []),
            *_last_day(project, person),
            Paragraph(what, title=_("What you’ll find there")),
        ),
        button=Link(_("Open the project room"), absolute(reverse("project_room", args=[project.pk]))),
        button_note=_("Sign in with this email address: %(email)s.")
        % {"email": email_addresses.readable(person.email)},
        paragraphs=(_if_it_is_a_mistake(by), *prose(words.closing)),
        footer=footer(
            reason_for_mail=_("You’re getting this email because you are a member of this project room.")
        ),
    )


def _last_day(project: ProjectRoom, person: Person) -> list[Paragraph]:
    member = project.members.filter(person=person.pk, until__isnull=False).first()
    if member is None or member.last_day is None:
        return []
    return [Paragraph(day_in_words(member.last_day), title=_("You have access until"))]


def _contact(notification: Notification, language: str) -> EmailContent | None:
    """To the operator. Replying answers the visitor."""
    message = notification.contact_message
    if message is None:
        return None
    written_in = str(settings.ALL_LANGUAGES.get(message.language, message.language))
    sender = [f"{message.name} <{email_addresses.readable(message.email)}>", message.company_name]
    return EmailContent(
        kind=notification.kind,
        subject=_("Message from the contact page: %(name)s") % {"name": message.name},
        heading=_("Message from the contact page"),
        language=language,
        opening=(
            Paragraph("\n".join(line for line in sender if line), title=_("From")),
            Paragraph(message.text, title=pgettext("from a visitor", "Message"), language=message.language),
        ),
        paragraphs=(
            Paragraph(
                _(
                    "Reply to this email, and your answer goes to the person who wrote. Page language: %(language)s."
                )
                % {"language": written_in},
                title=_("How to answer"),
            ),
        ),
        footer=footer(
            reason_for_mail=_(
                "You’re getting this email because this is the contact address of the service: %(site)s"
            )
            % {"site": settings.SITE_NAME}
        ),
    )


def _reply(notification: Notification, language: str) -> EmailContent | None:
    """What somebody wrote in reply to one of our emails. Replying answers them."""
    mail = notification.inbound_mail
    if mail is None:
        return None
    title = in_language(mail.meeting.title, language).text if mail.meeting else ""
    about = title or mail.sender_name or mail.sender
    notes = [
        (
            bool(mail.attachments),
            _("Attachments were not forwarded. Ask the sender for them."),
        ),
        (
            mail.is_forged,
            _("The mail server couldn’t confirm that this email really came from this address."),
        ),
    ]
    reason = (
        _("You’re getting this email because you host this meeting and chose to get replies to its emails.")
        if notification.person is not None
        else _("You’re getting this email because this is the contact address of the service: %(site)s")
        % {"site": settings.SITE_NAME}
    )
    return EmailContent(
        kind=notification.kind,
        subject=_("Reply to an email: %(about)s") % {"about": clean(about, LONGEST_NAME)},
        heading=_("Reply to an email"),
        language=language,
        opening=(
            *(title_paragraphs(mail.meeting.title, language) if mail.meeting else ()),
            Paragraph(f"{mail.sender_name} <{mail.sender}>".strip(), title=_("From")),
            Paragraph(mail.text, title=pgettext("from a visitor", "Message")),
        ),
        paragraphs=(
            *(Paragraph(note) for applies, note in notes if applies),
            Paragraph(
                _("Reply to this email, and your answer goes to the person who wrote."),
                title=_("How to answer"),
            ),
        ),
        footer=footer(reason_for_mail=reason),
    )


def _digest(notification: Notification, language: str, texts: Texts, now: datetime) -> EmailContent | None:
    person, chosen = notification.person, notification.details
    if person is None:
        return None
    found = content_of(person, meetings=chosen["meetings"], recordings=chosen["recordings"], now=now)
    mine = _("Your time zone: %(place)s.") % {"place": zones.label(get_current_timezone_name())}
    all_recordings = Link(_("All recordings"), absolute(reverse("recordings")))
    more_webinars = Paragraph(_("There are more new webinars in the schedule."))
    more_recordings = Paragraph(_("There are more new recordings."), link=all_recordings)
    words = _words(notification.kind, language, texts)
    return EmailContent(
        kind=notification.kind,
        subject=words.subject,
        heading=_("New for you"),
        language=language,
        opening=(
            *prose(words.introduction),
            *([Paragraph(mine)] if found.meetings else []),
            *(_webinar(one, language) for one in found.meetings),
            *([more_webinars] if chosen.get("more_meetings") else []),
        ),
        button=Link(_("See upcoming meetings"), absolute(reverse("schedule"))),
        paragraphs=(
            *(_new_recording(one, language) for one in found.recordings),
            *([more_recordings] if chosen.get("more_recordings") else []),
            *prose(words.closing),
        ),
        footer=footer(
            reason_for_mail=_(
                "You’re getting this email because you chose the weekly email in your profile."
            ),
            unsubscribe=turn_off_link(
                Preference.DIGEST, absolute(unsubscribe_link(person, Preference.DIGEST))
            ),
        ),
    )


def newsletter(letter: Newsletter, language: str, unsubscribe: str) -> EmailContent:
    """As it is for everybody with this language; of an article that is not in it, its language is said."""
    subject = in_language(letter.subject, language)
    introduction = in_language(letter.introduction, language)
    foreign = next((one.language for one in (subject, introduction) if one.is_fallback), "")
    return EmailContent(
        kind=Kind.NEWSLETTER,
        subject=subject.text,
        heading=subject.text,
        language=language,
        opening=(
            *([Paragraph(not_translated(foreign))] if foreign else []),
            *(replace(one, language=introduction.language) for one in prose(introduction.text)),
            *(_article(one, language) for one in letter.articles),
        ),
        button=Link(_("All news"), absolute(reverse("news"))),
        footer=footer(
            reason_for_mail=_("You’re getting this email because you signed up for the newsletter."),
            unsubscribe=turn_off_link(Preference.NEWSLETTER, unsubscribe) if unsubscribe else None,
        ),
    )


def _article(article: dict[str, Any], language: str) -> Paragraph:
    summary = in_language(article["summary"], language)
    return Paragraph(
        f"{summary.text}\n" if summary.text else "",
        title=_name(article["title"], language),
        language=summary.language,
        link=Link(_("Read the article"), absolute(article["path"])),
    )


def _newsletter_request(notification: Notification, language: str) -> EmailContent | None:
    request = notification.newsletter_request
    if request is None:
        return None
    site = {"site": settings.SITE_NAME}
    return EmailContent(
        kind=notification.kind,
        subject=_("Confirm that you want the newsletter: %(site)s") % site,
        heading=_("Do you want our newsletter?"),
        language=language,
        opening=(
            Paragraph(
                _("Someone signed up for the newsletter with this address. If it was you, please confirm.")
            ),
        ),
        button=Link(_("Get the newsletter"), absolute(newsletter_link(request))),
        button_note=_("The link works for 3 days."),
        paragraphs=(Paragraph(_("If it wasn’t you, ignore this email. You won’t get any others.")),),
        footer=footer(
            reason_for_mail=_("You’re getting this email because this address was entered on our site.")
        ),
    )


def _words(kind: str, language: str, texts: Texts, **values: str) -> FilledText:
    return filled(texts, kind, language, {"site": settings.SITE_NAME, **values})


def _webinar(meeting: Meeting, language: str) -> Paragraph:
    """When in the reader's time zone, by whom, in which languages."""
    spoken = ", ".join(language_name(code) for code in meeting.languages)
    lines = [
        time_range(meeting.starts_at, meeting.ends_at, get_current_timezone_name()),
        meeting.host_name,
        _("Language: %(names)s") % {"names": spoken} if spoken else "",
    ]
    page = Link(_("See details and register"), absolute(meeting.get_absolute_url()))
    return Paragraph("\n".join(filter(None, lines)) + "\n", title=_name(meeting.title, language), link=page)


def _new_recording(recording: Recording, language: str) -> Paragraph:
    host = recording.meeting.host_name
    return Paragraph(
        f"{host}\n" if host else "",
        title=_("Recording: %(title)s") % {"title": _name(recording.shown_title, language)},
        link=Link(_("Watch the recording"), absolute(recording.get_absolute_url())),
    )


def _name(title: LanguageText, language: str) -> str:
    return with_language(in_language(title, language))


def _if_it_is_a_mistake(by: Person | None) -> Paragraph:
    link = Link(_("Contact the secretariat"), absolute(reverse("contact")))
    is_named = by is not None and by.name
    text = _("Ask the person named above, or write to us.") if is_named else _("Write to us.")
    return Paragraph(text, title=_("Is this a mistake?"), link=link)
