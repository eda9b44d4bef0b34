"""Sign-in emails: codes and account notices, sent at once, in the visitor's language, in our own design."""

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context as allauth_context
from django.conf import settings
from django.contrib import messages as page_messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _

from companies import email_addresses, sessions
from companies.ids import new_id
from companies.languages import active_language
from companies.models import Person
from notifications import outage
from notifications.email_content import EmailContent, Link, Paragraph, absolute, footer
from notifications.mailer import ServerAway, UnableToDeliver, deliver_at_once, shared_mailer
from notifications.mime import Mail, clean
from notifications.rendering import mail_from_content

logger = structlog.get_logger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def clean_email(self, email: str) -> str:
        return email_addresses.normalized(email)

    def logout(self, request: HttpRequest) -> None:
        """Ending a session closes the sockets that were opened from it."""
        person, session = request.user, sessions.session_of(request)
        super().logout(request)
        if isinstance(person, Person) and session is not None:
            sessions.end_session(person=person, session=session)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Replaces allauth's own, which logs the content, codes included."""
        if template_prefix == "account/email/login_code":
            _ensure_address(email)
        content = compose(template_prefix, context)
        mail = mail_from_content(content, reference=f"account-{new_id()}", recipient=("", email))
        try:
            _deliver(mail)
        except UnableToDeliver as problem:
            logger.warning("sign-in mail not delivered", kind=content.kind, problem=type(problem).__name__)
            if allauth_context.request is not None:
                sorry = _("The email couldn’t be sent right now. Please try again in a minute.")
                page_messages.error(allauth_context.request, sorry)


def _deliver(mail: Mail) -> None:
    """Raises UnableToDeliver, at once when a worker has just found the server away."""
    moment = now()
    if outage.is_known_to_be_away(shared_mailer(), now=moment):
        raise ServerAway("The mail server is away.")
    deliver_at_once(mail, now=moment)


def _ensure_address(email: str) -> None:
    """Creates the address row for somebody who came by registering for a meeting, so that the code confirms it.

    Without it allauth would send a second code to confirm what the first has just proved.
    """
    person = Person.objects.filter(email=email, is_active=True).first()
    if person is not None:
        EmailAddress.objects.get_or_create(user=person, email=person.email, defaults={"primary": True})


def compose(template_prefix: str, context: Mapping[str, Any]) -> EmailContent:
    """The content of one of allauth's emails, in the active language."""
    kind = template_prefix.rpartition("/")[2].removesuffix("_signup")
    write = COMPOSERS.get(kind)
    return write(context) if write else _notice(kind, context)


def _content(kind: str, *, subject: str, heading: str, words: list[str], **parts: Any) -> EmailContent:
    return EmailContent(
        kind=kind,
        subject=subject,
        heading=heading,
        language=active_language(),
        opening=tuple(Paragraph(each) for each in words),
        footer=footer(
            reason_for_mail=_(
                "You’re getting this email because this address was entered on our site or belongs to "
                "an account there."
            )
        ),
        **parts,
    )


def _sign_in_code(context: Mapping[str, Any]) -> EmailContent:
    code = str(context.get("code", ""))
    return _content(
        "login_code",
        subject=_("%(code)s is your code for %(site)s") % {"code": code, "site": settings.SITE_NAME},
        heading=_("Your sign-in code"),
        words=[
            _(
                "Enter this code in the window where you’re signing in. It works once and expires after "
                "15 minutes. If you didn’t ask for it, you can ignore this email."
            )
        ],
        code=code,
    )


def _address_code(context: Mapping[str, Any]) -> EmailContent:
    code = str(context.get("code", ""))
    if code:
        return _content(
            "email_confirmation",
            subject=_("%(code)s is your code for %(site)s") % {"code": code, "site": settings.SITE_NAME},
            heading=_("Confirm your email address"),
            words=[
                _(
                    "Enter this code in the window where you entered your email address. If you "
                    "didn’t ask for it, you can ignore this email."
                )
            ],
            code=code,
        )
    return _content(
        "email_confirmation",
        subject=_("Confirm your email address for %(site)s") % {"site": settings.SITE_NAME},
        heading=_("Confirm your email address"),
        words=[],
        button=Link(_("Confirm"), str(context.get("activate_url", ""))),
    )


def _unknown_account(context: Mapping[str, Any]) -> EmailContent:
    return _content(
        "unknown_account",
        subject=_("There’s no account with this address yet"),
        heading=_("There’s no account with this address yet"),
        words=[
            _(
                "Someone tried to sign in with this address. If it was you, create an account. It takes "
                "half a minute. If it wasn’t you, you can ignore this email."
            )
        ],
        button=Link(_("Sign up"), _absolute(context.get("signup_url") or reverse("account_signup"))),
    )


def _known_account(_context: Mapping[str, Any]) -> EmailContent:
    return _content(
        "account_already_exists",
        subject=_("You already have an account"),
        heading=_("You already have an account"),
        words=[
            _(
                "Someone tried to create an account with this address. If it was you, sign in. You "
                "already have an account. If it wasn’t you, you can ignore this email."
            )
        ],
        button=Link(_("Sign in"), absolute(reverse("account_login"))),
    )


def _notice(kind: str, context: Mapping[str, Any]) -> EmailContent:
    """A notice about a change to the account and its origin, so that its owner notices somebody else's."""
    what = _changes().get(kind, _("Your sign-in settings have changed."))
    return _content(
        kind,
        subject=_("Your account: %(what)s") % {"what": what.removesuffix(".")},
        heading=_("Your account has changed"),
        words=[what % _of_addresses(context), *_origin(context)],
        paragraphs=(Paragraph("", link=Link(_("Contact the secretariat"), absolute(reverse("contact")))),),
        button=Link(_("View my account"), absolute(reverse("mfa_index"))),
    )


def _changes() -> dict[str, str]:
    return {
        "totp_activated": _("An authenticator app was added."),
        "totp_deactivated": _("The authenticator app was removed."),
        "webauthn_added": _("A passkey was added."),
        "webauthn_removed": _("A passkey was removed."),
        "recovery_codes_generated": _("New recovery codes were created."),
        "email_changed": _("The email address was changed."),
        "email_confirm": _("The email address was confirmed."),
        "email_deleted": _("An email address was removed."),
    }


def _of_addresses(context: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: clean(str(context.get(name, "")), 200) for name in ("from_email", "to_email", "deleted_email")
    }


def _origin(context: Mapping[str, Any]) -> list[str]:
    if not context.get("ip"):
        return []
    browser = clean(str(context.get("user_agent") or ""), 150)
    origin = _("The change was made from IP address %(ip)s with this browser: %(browser)s.") % {
        "ip": context["ip"],
        "browser": browser or "?",
    }
    return [origin, _("If this wasn’t you, change how you sign in and contact the secretariat.")]


def _absolute(address: object) -> str:
    text = str(address)
    return text if text.startswith(("http://", "https://")) else absolute(text)


COMPOSERS: dict[str, Callable[[Mapping[str, Any]], EmailContent]] = {
    "login_code": _sign_in_code,
    "email_confirmation": _address_code,
    "unknown_account": _unknown_account,
    "account_already_exists": _known_account,
}
