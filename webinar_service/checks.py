"""What `check` and `check --deploy` refuse, each with an id and a hint."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from companies import zones


@register()
def settings_make_sense(**_kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.DEFAULT_TIMEZONE not in zones.known():
        found.append(
            Error(
                "DEFAULT_TIMEZONE is not a time zone.",
                hint="Use a name like Europe/Stockholm.",
                id="webinar.E001",
            )
        )
    if settings.MEDIA not in {"mesh", "sfu"}:
        found.append(Error("MEDIA is neither mesh nor sfu.", id="webinar.E002"))
    if settings.MEDIA == "sfu" and not (
        settings.LIVEKIT_URL and settings.LIVEKIT_API_KEY and settings.LIVEKIT_API_SECRET
    ):
        found.append(
            Error(
                "MEDIA=sfu needs a media server.",
                hint="Set LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET.",
                id="webinar.E003",
            )
        )
    if urlsplit(settings.STORAGE_URL).scheme != "file":
        found.append(
            Error(
                "STORAGE_URL is not file:///a/folder.",
                hint="Other stores are not supported yet.",
                id="webinar.E004",
            )
        )
    if urlsplit(settings.EMAIL_URL).scheme not in {"", "smtp", "smtps", "smtp+tls"}:
        found.append(Error("EMAIL_URL is not smtp://, smtps:// or smtp+tls://.", id="webinar.E005"))
    return found


@register(Tags.security, deploy=True)
def fit_to_deploy(**_kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.DEMO:
        found.append(
            Error("DEMO is on: anybody could read the mailbox.", hint="Unset DEMO.", id="webinar.E101")
        )
    if not settings.HTTPS:
        found.append(
            Error(
                "SITE_URL is not https.", hint="Set SITE_URL to the public https address.", id="webinar.E102"
            )
        )
    if not settings.EMAIL_URL:
        found.append(Error("EMAIL_URL is not set: mail would only be written to files.", id="webinar.E103"))
    if settings.SECRET_KEY_IS_GENERATED:
        found.append(
            Error(
                "SECRET_KEY is not set.",
                hint="Several processes on several machines must share one.",
                id="webinar.E104",
            )
        )
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        found.append(
            Error("The database is SQLite.", hint="Set DATABASE_URL to a PostgreSQL.", id="webinar.E105")
        )
    if not settings.REDIS_URL:
        found.append(
            Error("REDIS_URL is not set: live rooms would not reach beyond one process.", id="webinar.E106")
        )
    return found
