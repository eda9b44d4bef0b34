"""Features of the live rooms: chat, questions, raised hands, reactions."""

from django.apps import AppConfig


class EngagementConfig(AppConfig):
    name = "engagement"

    def ready(self) -> None:
        from engagement.chat.feature import CHAT
        from engagement.chat.personal_data import erase_messages
        from engagement.hands.feature import HANDS
        from engagement.questions import personal_data as questions
        from engagement.questions.feature import QUESTIONS
        from engagement.reactions.feature import REACTIONS
        from rooms.features import register
        from rooms.personal_data import register_texts

        for feature in (CHAT, QUESTIONS, HANDS, REACTIONS):
            register(feature)
        register_texts(erase_messages)
        questions.register_all()
