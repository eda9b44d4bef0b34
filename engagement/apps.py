"""Features of the live rooms: chat, questions, polls, raised hands, reactions, timer."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EngagementConfig(AppConfig):
    name = "engagement"
    verbose_name = _("Live features")

    def ready(self) -> None:
        from companies import content_versions
        from engagement.chat.feature import CHAT
        from engagement.chat.personal_data import erase_messages, register_settings
        from engagement.hands.feature import HANDS
        from engagement.models import Poll, PollOption
        from engagement.polls import personal_data as personal_data_of_polls
        from engagement.polls.feature import POLLS
        from engagement.questions import personal_data as personal_data_of_questions
        from engagement.questions.feature import QUESTIONS
        from engagement.reactions.feature import REACTIONS
        from engagement.timer.feature import TIMER
        from engagement.timer.personal_data import erase_labels
        from rooms.features import register
        from rooms.personal_data import register_texts

        for feature in (CHAT, QUESTIONS, POLLS, HANDS, REACTIONS, TIMER):
            register(feature)
        register_texts(erase_messages)
        register_settings()
        register_texts(erase_labels)
        personal_data_of_questions.register_all()
        personal_data_of_polls.register_all()
        # What a meeting's page shows of closed polls, and no counter that grows while people vote.
        content_versions.watch(Poll, "title", "translations", "is_on_page", "is_shared", "closed_at")
        content_versions.watch(PollOption, "number", "text", "translations", "is_right")
