"""Features of the live rooms: chat, raised hands, reactions."""

from django.apps import AppConfig


class EngagementConfig(AppConfig):
    name = "engagement"

    def ready(self) -> None:
        from engagement.chat.feature import CHAT
        from engagement.chat.personal_data import erase_messages
        from engagement.hands.feature import HANDS
        from engagement.reactions.feature import REACTIONS
        from rooms.features import register
        from rooms.personal_data import register_texts

        for feature in (CHAT, HANDS, REACTIONS):
            register(feature)
        register_texts(erase_messages)
