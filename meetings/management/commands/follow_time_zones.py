"""After an update of tzdata: which meetings are no longer at their local time; with --apply they are moved there."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.timezone import now

from companies import zones
from companies.languages import in_language
from meetings.following_zones import displaced_meetings, follow_zone


class Command(BaseCommand):
    help = (
        "Lists upcoming meetings whose time zone has new rules, so that their stored time is not their local time any "
        "more. With --apply they are moved to it, and everybody is notified."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="move them; without it they are only listed")

    def handle(self, *_args: Any, **options: Any) -> None:
        moved = left = 0
        moment = now()
        for one in list(displaced_meetings(now=moment)):
            meeting, zone = one.meeting, zones.zone(one.meeting.timezone)
            local = f"{meeting.local_day:%Y-%m-%d} {meeting.local_time:%H:%M} {meeting.timezone}"
            self.stdout.write(f"{meeting.pk} {in_language(meeting.title).text[:60]}: {local}")
            self.stdout.write(f"  stored as {meeting.starts_at.astimezone(zone):%Y-%m-%d %H:%M %z}")
            problem = follow_zone(one, now=moment) if options["apply"] else one.problem
            if problem:
                self.stdout.write(f"  {problem}")
            left += bool(problem)
            moved += not problem
        done = "moved" if options["apply"] else "to be moved (nothing is changed without --apply)"
        self.stdout.write(
            f"{moved} meetings {done}, {left} for their hosts to change; tzdata {zones.version()}"
        )
