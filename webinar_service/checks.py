"""System checks for `check` and `check --deploy`, each with an id and a hint."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, register

from notifications.rendering import sender
from webinar_service.environment_forms import is_loopback, is_mail_address


@register(Tags.security, deploy=True)
def check_deployment(**_kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.DEMO:
        found.append(
            Error("DEMO is on: anyone could read the mailbox.", hint="Unset DEMO.", id="webinar.E101")
        )
    if not settings.HTTPS:
        found.append(
            Error(
                "SITE_URL is not https.", hint="Set SITE_URL to the public https address.", id="webinar.E102"
            )
        )
    if not settings.EMAIL_URL:
        found.append(Error("EMAIL_URL is not set: emails would only be written to files.", id="webinar.E103"))
    if settings.SECRET_KEY_IS_GENERATED:
        found.append(
            Error(
                "SECRET_KEY is not set.",
                hint="All processes on all machines must share it.",
                id="webinar.E104",
            )
        )
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        found.append(
            Error(
                "The database is SQLite.",
                hint="Set DATABASE_URL to a PostgreSQL database.",
                id="webinar.E105",
            )
        )
    if not settings.REDIS_URL:
        found.append(
            Error(
                "REDIS_URL is not set: people in one room would not see each other.",
                id="webinar.E106",
            )
        )
    if not settings.CLAMD_URL:
        found.append(
            Info(
                "CLAMD_URL is not set: files of projects are not checked for viruses.",
                hint="Set it to the address of a clamd: tcp://clamd:3310",
                id="webinar.I101",
            )
        )
    return found + check_mail() + check_media()


def check_mail() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if not is_mail_address(sender()[1]):
        found.append(
            Error(
                "EMAIL_FROM has no address that email can be sent from.",
                hint="Set it: Webinars <no-reply@example.org>",
                id="webinar.E107",
            )
        )
    if not settings.CONTACT_EMAIL_IS_SET:
        found.append(
            Error(
                "CONTACT_EMAIL is not set: messages of visitors and replies to emails would reach nobody.",
                hint="Set it to an address that someone reads: contact@example.org",
                id="webinar.E110",
            )
        )
    if settings.INBOUND_EMAIL_URL and not settings.INBOUND_EMAIL_ADDRESS_IS_SET:
        found.append(
            Error(
                "INBOUND_EMAIL_ADDRESS is not set: the address that replies are sent to would be a guess.",
                hint="Set it to the address whose mail INBOUND_EMAIL_URL leads to: replies@example.org",
                id="webinar.E111",
            )
        )
    server = urlsplit(settings.EMAIL_URL)
    if server.scheme == "smtp" and server.password and not is_loopback(server.hostname or ""):
        found.append(
            Error(
                "EMAIL_URL sends a password over the network without encryption.",
                hint="Use smtp+tls:// or smtps://.",
                id="webinar.E108",
            )
        )
    return found


def check_media() -> list[CheckMessage]:
    """LiveKit of the compose file announces this address to browsers; the product itself does not read it."""
    node = settings.LIVEKIT_NODE_IP
    if settings.MEDIA == "sfu" and is_loopback(node) and not is_loopback(settings.SITE_HOST):
        return [
            Error(
                "LIVEKIT_NODE_IP is a loopback address: people elsewhere would hear and see nothing.",
                hint="Set it to the public address of the machine that LiveKit runs on.",
                id="webinar.E109",
            )
        ]
    return []
