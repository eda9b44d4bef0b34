"""Generates the protocol's page and the browser's types from the registered live features."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from rooms import documentation, typescript


class Command(BaseCommand):
    help = "Writes docs/live-protocol.md and the browser's types; with --check only says whether they are up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *_args: Any, check: bool, **_options: Any) -> None:
        generated = {
            "docs/live-protocol.md": documentation.page(),
            "frontend/src/room/protocol.generated.ts": typescript.source(),
        }
        stale = []
        for name, text in generated.items():
            path = settings.BASE_DIR / name
            if not check:
                path.write_text(text, encoding="utf-8")
            elif not path.exists() or path.read_text(encoding="utf-8") != text:
                stale.append(name)
        if stale:
            raise CommandError(f"not up to date: {', '.join(stale)}; run manage.py write_live_protocol")
