"""The engine's own features, one module each."""

from rooms.commands import connection, lobby, locking, media, people, signalling, stage
from rooms.features import register

ENGINE_FEATURES = (connection, people, lobby, locking, stage, signalling, media)


def register_engine_features() -> None:
    for each in ENGINE_FEATURES:
        register(each.FEATURE)
