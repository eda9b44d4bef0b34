"""The state of the mail server: during an outage only the server itself is tried, every few seconds.

Emails that meet an outage keep their due time and attempts, so that everything is sent at once when the server is
back. One worker at a time probes it: the one that moved `probe_at` on.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from notifications.mailer import Mailer, ServerAway
from notifications.models import MailServer

logger = structlog.get_logger(__name__)
PROBE_EVERY = timedelta(seconds=2)
LONGEST_PROBE = timedelta(seconds=30)  # after that another worker takes over from one that died
# Wrong credentials need a new setting, and too many attempts may get this machine blocked.
PROBE_REFUSED = timedelta(seconds=30)


def is_server_reachable(mailer: Mailer, *, clock: Callable[[], datetime]) -> bool:
    """True unless the server is known to be away; probes it when it is time to."""
    now = clock()
    away = MailServer.objects.filter(pk=mailer.key, away_since__isnull=False)
    known = away.first()
    if known is None:
        return True
    if not away.filter(probe_at__lte=now).update(probe_at=now + LONGEST_PROBE):
        return False
    try:
        mailer.check()
    except ServerAway as problem:
        away.update(probe_at=clock() + _pause_after(problem), reason=str(problem))
        return False
    away.update(away_since=None, probe_at=None, reason="")
    logger.info("mail server is back", away_since=known.away_since)
    return True


def note_away(mailer: Mailer, problem: ServerAway, *, now: datetime) -> None:
    """From now on only the server itself is tried. Logged once, not at each attempt."""
    MailServer.objects.get_or_create(pk=mailer.key)
    there = MailServer.objects.filter(pk=mailer.key, away_since__isnull=True)
    if there.update(away_since=now, probe_at=now + _pause_after(problem), reason=str(problem)):
        logger.warning("mail server is away", reason=str(problem))


def is_known_to_be_away(mailer: Mailer, *, now: datetime) -> bool:
    """Only while a worker keeps probing: an outage of yesterday must not refuse anybody."""
    return away_for(mailer, now=now) is not None


def away_for(mailer: Mailer, *, now: datetime) -> timedelta | None:
    """How long the server has been away according to a worker that still probes it; else None."""
    known = MailServer.objects.filter(
        pk=mailer.key, away_since__isnull=False, probe_at__gt=now - LONGEST_PROBE
    ).first()
    return now - known.away_since if known and known.away_since else None


def _pause_after(problem: ServerAway) -> timedelta:
    return PROBE_REFUSED if problem.is_refusal else PROBE_EVERY
