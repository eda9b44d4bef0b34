"""How well audio and video reached the people of a meeting: one line for each, what went wrong in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, Max, QuerySet, Sum, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from meetings.models import Meeting
from portal.transcripts import period_of
from rooms.models import LinkReport, Participant

MINUTE = 60  # seconds


@dataclass(frozen=True)
class ConnectionRow:
    """`loss` and `worst_loss` are percentages; None when no packet was expected."""

    name: str
    company: str
    verdicts: Sequence[str]
    is_good: bool
    path: str
    minutes: int
    loss: float | None
    worst_loss: float
    jitter_ms: int
    round_trip_ms: int
    kbit: int


def reports_of(meeting: Meeting) -> QuerySet[Any, Any]:
    """A sum for each person, the worst first."""
    period = period_of(meeting)
    reports = (
        LinkReport.objects.none() if period is None else LinkReport.objects.of_room(meeting.room_id, *period)
    )
    return (
        reports.values(person=F("presence__person"))
        .annotate(
            measured=Sum("seconds"),
            weak=Sum("weak_seconds"),
            poor=Sum("poor_seconds"),
            far=Sum("far_seconds"),
            missing=Sum("missing_seconds"),
            away=Sum("away_seconds"),
            all_received=Sum("received"),
            all_lost=Sum("lost"),
            all_bytes=Sum("bytes_received"),
            loss=Max("worst_loss"),
            jitter=Max("worst_jitter_ms"),
            round_trip=Max("worst_round_trip_ms"),
            relayed=Max(Case(When(is_relayed=True, then=1), When(is_relayed=False, then=0))),
        )
        .order_by("-poor", "-missing", "-weak", "-away", "person")
    )


def summary_of(meeting: Meeting) -> dict[str, int]:
    """How many people were measured, how many had a poor or a weak connection; the longest time without the server."""
    reports = reports_of(meeting)
    return {
        "people": reports.count(),
        "poor": reports.filter(poor__gt=0).count(),
        "weak": reports.filter(poor=0, weak__gt=0).count(),
        "away": max((each["away"] for each in reports.order_by("-away")[:1]), default=0),
    }


def rows_of(meeting: Meeting, sums: Sequence[dict[str, Any]]) -> list[ConnectionRow]:
    """Of a page of `reports_of`: one query for the names."""
    people = Participant.objects.filter(person__in=[each["person"] for each in sums])
    in_room = people.filter(room=meeting.room_id)
    by_person = {each.person_id: each for each in in_room}
    return [_row(each, by_person.get(each["person"])) for each in sums]


def _row(sums: dict[str, Any], participant: Participant | None) -> ConnectionRow:
    packets = sums["all_received"] + sums["all_lost"]
    faults = _faults(sums)
    return ConnectionRow(
        name=participant.name if participant else "",
        company=participant.company_name if participant else "",
        verdicts=faults or [_("Good") if packets else _("No audio or video arrived")],
        is_good=packets > 0 and not faults,
        path="" if sums["relayed"] is None else _("Via a relay") if sums["relayed"] else _("Direct"),
        minutes=_minutes(sums["measured"]),
        loss=round(100 * sums["all_lost"] / packets, 1) if packets else None,
        worst_loss=round(100 * sums["loss"], 1),
        jitter_ms=sums["jitter"],
        round_trip_ms=sums["round_trip"],
        kbit=round(sums["all_bytes"] * 8 / 1000 / sums["measured"]),
    )


def _faults(sums: dict[str, Any]) -> list[str]:
    found = []
    if sums["poor"]:
        found.append(_poor(sums["poor"]))
    if sums["missing"]:
        found.append(_missing(sums["missing"]))
    if sums["weak"]:
        found.append(_weak(sums["weak"]))
    if sums["far"]:
        found.append(_("High latency: responses were delayed"))
    if sums["away"]:
        found.append(
            ngettext(
                "No audio and video from the media server for %(seconds)d second",
                "No audio and video from the media server for %(seconds)d seconds",
                sums["away"],
            )
            % {"seconds": sums["away"]}
        )
    return found


def _poor(seconds: int) -> str:
    if seconds < MINUTE:
        return _("Poor connection for less than a minute: audio broke up")
    minutes = _minutes(seconds)
    text = ngettext(
        "Poor connection for %(minutes)d minute: audio broke up",
        "Poor connection for %(minutes)d minutes: audio broke up",
        minutes,
    )
    return text % {"minutes": minutes}


def _missing(seconds: int) -> str:
    if seconds < MINUTE:
        return _("Audio or video from others didn’t arrive for less than a minute")
    minutes = _minutes(seconds)
    text = ngettext(
        "Audio or video from others didn’t arrive for %(minutes)d minute",
        "Audio or video from others didn’t arrive for %(minutes)d minutes",
        minutes,
    )
    return text % {"minutes": minutes}


def _weak(seconds: int) -> str:
    if seconds < MINUTE:
        return _("Weak connection for less than a minute")
    minutes = _minutes(seconds)
    text = ngettext(
        "Weak connection for %(minutes)d minute", "Weak connection for %(minutes)d minutes", minutes
    )
    return text % {"minutes": minutes}


def _minutes(seconds: int) -> int:
    return max(1, round(seconds / MINUTE))
