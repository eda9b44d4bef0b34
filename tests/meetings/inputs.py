"""What a host enters, for the flows and for the form; and the signals that a flow sends."""

from contextlib import contextmanager
from datetime import date, time

from meetings import signals
from meetings.meeting_input import MeetingDetails


def details(**fields) -> MeetingDetails:
    given = {
        "kind": "webinar",
        "title": {"en": "Heat from harbour water"},
        "local_day": date(2027, 1, 14),
        "local_time": time(11),
        "timezone": "Europe/Vilnius",
        "duration_minutes": 60,
        "languages": ("en",),
    }
    return MeetingDetails(**given | fields)


@contextmanager
def signals_sent():
    names = [name for name, value in vars(signals).items() if isinstance(value, signals.Signal)]
    heard = []
    receivers = {name: lambda signal, sender, name=name, **told: heard.append((name, told)) for name in names}
    for name in names:
        getattr(signals, name).connect(receivers[name])
    yield heard
    for name in names:
        getattr(signals, name).disconnect(receivers[name])


def typed(**fields):
    given = {
        "kind": "webinar",
        "title_en": "Heat from harbour water",
        "local_day": "2027-01-14",
        "local_time": "11:00",
        "duration_minutes": "60",
        "timezone": "Europe/Vilnius",
        "languages": ["en"],
        "format": "online",
        "visibility": "public",
        "registration": "open",
        "reminders": ["1440", "60", "10"],
        "do": "publish",
    }
    return {name: value for name, value in (given | fields).items() if value is not None}


def typed_again(meeting, **fields):
    return typed(do="save", host_company=meeting.host_company_id or "", **fields)
