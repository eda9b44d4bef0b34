"""Health and metrics for the operator."""

import os
from datetime import timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import Error, connection
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from companies.models import Company, Person
from meetings.models import Meeting, Registration
from notifications import outage, pushing
from notifications.delivery_report import oldest_due_age
from notifications.mailer import shared_mailer
from notifications.models import Notification
from recordings.models import Recording
from rooms.models import Presence
from webinar_service.tasks import HEARTBEAT

WORKER_SILENT_AFTER = timedelta(seconds=60)
LATE_AFTER = timedelta(minutes=5)
SERVER_AWAY_AFTER = timedelta(minutes=1)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Liveness: asks nothing else, so that a database outage does not get the process restarted."""
    return HttpResponse("alive\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Readiness: 200, or 503 naming what is wrong."""
    found = {"database": database_error(), "bus": bus_error()}
    found["worker"] = worker_error() if not found["bus"] else "unknown without the bus"
    found["mail"] = mail_error() if not found["database"] else "unknown without the database"
    found["push"] = push_error() if not found["database"] else "unknown without the database"
    found["disk"] = disk_error()
    errors = {name: error for name, error in found.items() if error}
    parts = {name: error or "ok" for name, error in found.items()}
    return JsonResponse({"ready": not errors, **parts}, status=503 if errors else 200)


def database_error() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        return f"no answer: {type(error).__name__}"
    return ""


def bus_error() -> str:
    if not settings.REDIS_URL:
        return ""
    try:
        once = Retry(NoBackoff(), 0)
        with Redis.from_url(
            settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2, retry=once
        ) as redis:
            redis.ping()
    except RedisError as error:
        return f"no answer: {type(error).__name__}"
    return ""


def worker_error() -> str:
    seen = cache.get(HEARTBEAT)
    if seen is None:
        return "no sign of life yet"
    silent = timezone.now().timestamp() - seen
    return f"silent for {silent:.0f} s" if silent > WORKER_SILENT_AFTER.total_seconds() else ""


def mail_error() -> str:
    try:
        oldest, away = oldest_due_seconds(), outage.away_for(shared_mailer(), now=timezone.now())
    except Error as error:
        return f"unknown: {type(error).__name__}"
    if oldest > LATE_AFTER.total_seconds():
        return f"the oldest due mail waits for {oldest:.0f} s"
    if away is not None and away > SERVER_AWAY_AFTER:
        return f"the mail server has taken nothing for {away.total_seconds():.0f} s"
    return ""


def push_error() -> str:
    """Also where nobody has started the process that sends notifications to browsers."""
    try:
        oldest = pushing.oldest_due_age(now=timezone.now())
    except Error as error:
        return f"unknown: {type(error).__name__}"
    if oldest and oldest > LATE_AFTER:
        return (
            f"the oldest due notification waits for {oldest.total_seconds():.0f} s: is send_pushes running?"
        )
    return ""


def disk_error() -> str:
    """Less than MIN_FREE_BYTES where uploads, the queue or email files lie."""
    for name, folder in (("DATA_DIR", settings.DATA_DIR), ("STORAGE_URL", settings.MEDIA_ROOT)):
        place = next(each for each in (folder, *Path(folder).parents) if each.exists())
        state = os.statvfs(place)
        free = state.f_bavail * state.f_frsize
        if free < settings.MIN_FREE_BYTES:
            return f"only {free // 1024**2} MiB free in {name}"
        if state.f_files and not state.f_favail:
            return f"no more files can be made in {name}: no inodes are left"
        if not os.access(place, os.W_OK):
            return f"{name} cannot be written"
    return ""


def oldest_due_seconds() -> float:
    age = oldest_due_age(now=timezone.now())
    return age.total_seconds() if age else 0.0


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    if not may_read_metrics(request.META.get("REMOTE_ADDR", "")):
        raise PermissionDenied
    registry = CollectorRegistry()
    gauge("webinar_oldest_due_mail_seconds", "Age of the oldest mail that is due", registry).set(
        oldest_due_seconds()
    )
    gauge("webinar_people_present", "Open presences in rooms", registry).set(
        Presence.objects.present().count()
    )
    gauge("webinar_people", "People known", registry).set(Person.objects.count())
    gauge("webinar_companies", "Companies known", registry).set(Company.objects.count())
    by_state("webinar_notifications", "Outbox rows", Notification.objects.all(), registry)
    by_state("webinar_meetings", "Meetings", Meeting.objects.all(), registry)
    by_state("webinar_registrations", "Registrations", Registration.objects.all(), registry)
    by_state("webinar_recordings", "Recordings", Recording.objects.all(), registry)
    gauge("webinar_recordings_waiting_for_disk", "Recordings that wait for disk space", registry).set(
        Recording.objects.waiting_for_disk_space().count()
    )
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def may_read_metrics(address: str) -> bool:
    """The client is in METRICS_ALLOWED, a list of addresses and networks (10.0.0.0/8)."""
    try:
        asking = ip_address(address)
    except ValueError:
        return False
    return any(asking in ip_network(allowed, strict=False) for allowed in settings.METRICS_ALLOWED)


def gauge(name: str, words: str, registry: CollectorRegistry) -> Gauge:
    return Gauge(name, words, registry=registry)


def by_state(name: str, words: str, rows: QuerySet[Any], registry: CollectorRegistry) -> None:
    counted = Gauge(name, f"{words}, by state", ["state"], registry=registry)
    for state, number in rows.order_by().values_list("state").annotate(number=Count("pk")):
        counted.labels(state=state).set(number)
