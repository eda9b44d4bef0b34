"""The engine's own features: a module for each, registered when the apps are ready."""

from rooms.commands import connection, lobby, media, people, signalling, stage
from rooms.features import register

OWN = (connection, people, lobby, stage, signalling, media)


def register_own() -> None:
    for each in OWN:
        register(each.FEATURE)
