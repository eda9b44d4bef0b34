"""Questions, who upvoted them, and what hosts have chosen for the questions of a room."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.ids import new_id
from companies.model_fields import CleanJSONField, LineField, ProseField
from companies.models import Person
from rooms.models.room import Participant, Room

LONGEST_QUESTION = 1000
LONGEST_ANSWER = 4000
LONGEST_REASON = 300


class QuestionSettings(models.Model):
    """What hosts have chosen for the questions of a room; without a row the defaults apply."""

    class Anonymity(models.TextChoices):
        NO = "no", _("not allowed")
        ATTENDEES = "attendees", _("names hidden from other attendees, not from hosts")
        EVERYONE = "everyone", _("names hidden from everyone, including hosts")

    room = models.OneToOneField(
        Room,
        verbose_name=_("room"),
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="question_settings",
    )
    is_open = models.BooleanField(_("Q&A is on"), default=True)
    is_moderated = models.BooleanField(_("a host approves questions before others see them"), default=False)
    anonymity = models.CharField(
        _("anonymous questions"), max_length=10, choices=Anonymity.choices, default=Anonymity.EVERYONE
    )
    has_upvotes = models.BooleanField(_("attendees can upvote questions"), default=True)

    class Meta:
        verbose_name = _("Q&A settings")
        verbose_name_plural = _("Q&A settings")

    def __str__(self) -> str:
        return self.room_id


class QuestionQuerySet(models.QuerySet["Question"]):
    def shown(self) -> Self:
        """Those that everybody in the meeting sees."""
        return self.filter(state__in=Question.SHOWN_STATES)

    def unanswered(self) -> Self:
        return self.filter(state__in=Question.OPEN_STATES)

    def with_people(self) -> Self:
        return self.select_related("participant", "assigned_to", "answered_by")


class Question(models.Model):
    """A question of somebody in a room.

    `meeting` is the id of the meeting during which it was asked, blank in a project room between meetings.
    `seq` is the number of the event that showed it last. `answering_at` is set while it is answered aloud; `heard_at`
    is when that answer began.
    """

    class State(models.TextChoices):
        HELD = "held", pgettext_lazy("of a question", "waiting for approval")
        VISIBLE = "visible", pgettext_lazy("of a question", "not answered yet")
        ANSWERED = "answered", pgettext_lazy("of a question", "answered")
        DISMISSED = "dismissed", pgettext_lazy("of a question", "dismissed")
        MERGED = "merged", pgettext_lazy("of a question", "merged")

    OPEN_STATES = (State.HELD, State.VISIBLE)
    SHOWN_STATES = (State.VISIBLE, State.ANSWERED)

    class HiddenFrom(models.TextChoices):
        NOBODY = "nobody", pgettext_lazy("who asks is hidden from", "nobody")
        ATTENDEES = "attendees", pgettext_lazy("who asks is hidden from", "other attendees")
        EVERYONE = "everyone", pgettext_lazy("who asks is hidden from", "everyone")

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    room = models.ForeignKey(Room, verbose_name=_("room"), on_delete=models.CASCADE, related_name="questions")
    meeting = models.CharField(_("meeting"), max_length=16, blank=True, editable=False)
    participant = models.ForeignKey(
        Participant, verbose_name=_("participant"), on_delete=models.CASCADE, related_name="questions"
    )
    role = models.CharField(_("role"), max_length=12, editable=False)
    hidden_from = models.CharField(
        _("who asks is hidden from"),
        max_length=10,
        choices=HiddenFrom.choices,
        default=HiddenFrom.NOBODY,
    )
    text = ProseField(_("question"), max_length=LONGEST_QUESTION)
    language = models.CharField(_("language"), max_length=5, blank=True)
    translations = CleanJSONField(_("translations"), default=dict, blank=True)
    state = models.CharField(_("status"), max_length=10, choices=State.choices, default=State.VISIBLE)
    is_pinned = models.BooleanField(_("pinned"), default=False)
    votes = models.PositiveIntegerField(_("upvotes"), default=0)
    votes_version = models.PositiveBigIntegerField(
        default=0, editable=False, help_text="grows with each change of the upvotes"
    )
    asked_at = models.DateTimeField(pgettext_lazy("of a question", "asked at"))
    shown_at = models.DateTimeField(
        _("shown at"),
        null=True,
        blank=True,
        help_text=_("When it became visible to everyone in the meeting."),
    )
    seq = models.PositiveBigIntegerField(default=0, editable=False)
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True)
    assigned_to = models.ForeignKey(
        Participant,
        verbose_name=_("assigned to"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="assigned_questions",
    )
    answering_at = models.DateTimeField(_("being answered since"), null=True, blank=True)
    heard_at = models.DateTimeField(_("answered live at"), null=True, blank=True)
    answer = ProseField(_("answer"), max_length=LONGEST_ANSWER, blank=True)
    answer_is_private = models.BooleanField(_("private answer"), default=False)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        Person,
        verbose_name=_("answered by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="answered_questions",
    )
    reason = LineField(_("reason"), max_length=LONGEST_REASON, blank=True)
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("merged into"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="merged",
    )
    client_id = models.CharField(max_length=36, blank=True, default="", editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        indexes = [
            models.Index(fields=["meeting", "-asked_at"], name="questions_of_a_meeting"),
            models.Index(fields=["asked_at"], name="questions_by_age"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "client_id"],
                condition=~Q(client_id=""),
                name="a_client_asks_a_question_once",
            ),
            models.UniqueConstraint(
                fields=["room"],
                condition=Q(answering_at__isnull=False),
                name="one_question_of_a_room_is_being_answered",
            ),
            models.CheckConstraint(
                condition=Q(answering_at__isnull=True) | Q(state="visible"),
                name="a_question_being_answered_is_visible",
            ),
            models.CheckConstraint(
                condition=~Q(state="answered") | Q(answered_at__isnull=False),
                name="an_answered_question_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES

    @property
    def is_shown(self) -> bool:
        return self.state in self.SHOWN_STATES

    def text_in(self, language: str) -> str:
        """The translation for this reader; empty when there is none, or it is asked in their language."""
        return "" if language == self.language else str(self.translations.get(language, ""))


class QuestionVote(models.Model):
    """That somebody upvotes a question."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="upvotes")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="question_votes")

    class Meta:
        verbose_name = _("upvote")
        verbose_name_plural = _("upvotes")
        constraints = [
            models.UniqueConstraint(fields=["question", "participant"], name="one_upvote_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} for {self.question_id}"


def settings_of(room_id: str) -> QuestionSettings:
    """The row, or an unsaved one with the defaults."""
    found = QuestionSettings.objects.filter(room=room_id).first()
    return found or QuestionSettings(room_id=room_id)


def is_known_language(code: str) -> bool:
    return code in settings.ALL_LANGUAGES
