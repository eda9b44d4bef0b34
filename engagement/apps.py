"""Features of the live rooms: chat, raised hands, reactions."""

from django.apps import AppConfig


class EngagementConfig(AppConfig):
    name = "engagement"

    def ready(self) -> None:
        from engagement.chat.feature import CHAT
        from engagement.hands.feature import HANDS
        from engagement.reactions.feature import REACTIONS
        from rooms.features import register

        for feature in (CHAT, HANDS, REACTIONS):
            register(feature)
