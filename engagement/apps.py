"""Features of the live rooms: chat, questions, polls, raised hands, reactions, timer, real-time text, slides,
breakout rooms, agenda, resources, interpretation, premiere, notes.
"""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EngagementConfig(AppConfig):
    name = "engagement"
    verbose_name = _("Live features")

    def ready(self) -> None:
        from companies import content_versions
        from engagement.agenda import personal_data as personal_data_of_agenda
        from engagement.breakouts import personal_data as personal_data_of_breakouts
        from engagement.breakouts.policy import BreakoutPolicy
        from engagement.chat.personal_data import erase_messages, register_tables
        from engagement.interpretation import personal_data as personal_data_of_interpretation
        from engagement.models import AgendaItem, Poll, PollOption, Resource, SlideDeck
        from engagement.notes import personal_data as personal_data_of_notes
        from engagement.polls import personal_data as personal_data_of_polls
        from engagement.questions import personal_data as personal_data_of_questions
        from engagement.realtime_text.personal_data import erase_lines, register_tables_of_captions
        from engagement.resources import personal_data as personal_data_of_resources
        from engagement.slides import personal_data as personal_data_of_slides
        from engagement.timer.personal_data import erase_labels
        from rooms import policy
        from rooms.models import Room
        from rooms.personal_data import register_texts

        _register_features()
        for erase in (
            erase_messages,
            erase_labels,
            erase_lines,
            personal_data_of_breakouts.erase_announcements,
        ):
            register_texts(erase)
        register_tables()
        register_tables_of_captions()
        personal_data_of_questions.register_all()
        personal_data_of_polls.register_all()
        personal_data_of_slides.register_all()
        personal_data_of_breakouts.register_all()
        personal_data_of_agenda.register_all()
        personal_data_of_resources.register_all()
        personal_data_of_interpretation.register_all()
        personal_data_of_notes.register_all()
        policy.register(Room.Kind.BREAKOUT, BreakoutPolicy())
        # What a meeting's page shows of closed polls, and no counter that grows while people vote.
        content_versions.watch(Poll, "title", "translations", "is_on_page", "is_shared", "closed_at")
        content_versions.watch(PollOption, "number", "text", "translations", "is_right")
        # The plan alone: going through it changes no page.
        content_versions.watch(AgendaItem, "number", "title", "minutes", "speaker")
        content_versions.watch(Resource)
        # What can be downloaded there.
        content_versions.watch(SlideDeck, "title", "state", "is_downloadable", "first_shown_at")


def _register_features() -> None:
    from engagement.agenda.feature import AGENDA
    from engagement.breakouts.feature import BREAKOUTS
    from engagement.chat.feature import CHAT
    from engagement.hands.feature import HANDS
    from engagement.interpretation.feature import INTERPRETATION
    from engagement.notes.feature import NOTES
    from engagement.polls.feature import POLLS
    from engagement.premiere.feature import PREMIERE
    from engagement.questions.feature import QUESTIONS
    from engagement.reactions.feature import REACTIONS
    from engagement.realtime_text.feature import REALTIME_TEXT
    from engagement.resources.feature import RESOURCES
    from engagement.slides.feature import SLIDES
    from engagement.timer.feature import TIMER
    from rooms.features import register

    features = (
        *(CHAT, QUESTIONS, POLLS, HANDS, REACTIONS, TIMER, REALTIME_TEXT, SLIDES, BREAKOUTS),
        *(AGENDA, RESOURCES, INTERPRETATION, PREMIERE, NOTES),
    )
    for feature in features:
        register(feature)
