"""WHAT: programmes, meetings, registrations, rooms, presences, recordings."""

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"
