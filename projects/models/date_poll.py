"""A poll among the members of a project for the time of its next meeting."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.ids import new_id
from companies.languages import LanguageTextField, in_language
from companies.models import Person
from meetings.meeting_input import SHORTEST
from meetings.models import Meeting
from projects.models.agenda_template import AgendaTemplate
from projects.models.project_room import ProjectRoom

LONGEST_PROPOSED = 24 * 60  # minutes


class DatePoll(models.Model):
    """Answered until `closes_at`; then somebody chooses a time, or it ends by itself when its last time has come.

    An open poll has a next step, which is taken at `next_at`.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        CHOSEN = "chosen", _("time chosen")
        ENDED = "ended", _("ended without a meeting")

    class Step(models.TextChoices):
        REMIND = "remind", "remind those who have not answered"
        CLOSE = "close", "no more answers; whoever began it is told"
        END = "end", "its last time has come"

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    project = models.ForeignKey(
        ProjectRoom, verbose_name=_("project room"), on_delete=models.CASCADE, related_name="date_polls"
    )
    title = LanguageTextField(_("title"))
    timezone = models.CharField(_("time zone"), max_length=64)
    closes_at = models.DateTimeField(_("answers until"))
    agenda = models.ForeignKey(
        AgendaTemplate,
        verbose_name=_("agenda template"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    made_by = models.ForeignKey(
        Person,
        verbose_name=_("written by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    made_at = models.DateTimeField(_("written at"))
    state = models.CharField(_("status"), max_length=6, choices=State.choices, default=State.OPEN)
    next_step = models.CharField(max_length=6, choices=Step.choices, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    meeting = models.ForeignKey(
        Meeting, verbose_name=_("meeting"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("date poll")
        verbose_name_plural = _("date polls")
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(next_at__isnull=False), name="date_polls_with_a_next_step"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", next_at__isnull=False, next_step__gt="")
                | (~Q(state="open") & Q(next_at__isnull=True, next_step="")),
                name="an_open_date_poll_has_a_next_step",
            ),
            models.CheckConstraint(
                condition=Q(meeting__isnull=True) | Q(state="chosen"), name="a_chosen_time_has_the_meeting"
            ),
        ]

    def __str__(self) -> str:
        return str(in_language(self.title))

    def takes_answers(self, now: datetime) -> bool:
        return self.state == self.State.OPEN and now < self.closes_at


class DatePollTime(models.Model):
    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    poll = models.ForeignKey(DatePoll, on_delete=models.CASCADE, related_name="times")
    starts_at = models.DateTimeField(_("starts at"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))

    class Meta:
        verbose_name = _("date poll time")
        verbose_name_plural = _("date poll times")
        constraints = [
            models.UniqueConstraint(fields=["poll", "starts_at", "minutes"], name="times_of_a_poll_differ"),
            models.CheckConstraint(
                condition=Q(minutes__gte=SHORTEST, minutes__lte=LONGEST_PROPOSED),
                name="a_proposed_time_has_a_length",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


class DatePollAnswer(models.Model):
    class Answer(models.TextChoices):
        YES = "yes", pgettext_lazy("answer to a proposed time", "Yes")
        MAYBE = "maybe", pgettext_lazy("answer to a proposed time", "If need be")
        NO = "no", pgettext_lazy("answer to a proposed time", "No")

    time = models.ForeignKey(DatePollTime, on_delete=models.CASCADE, related_name="answers")
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="date_poll_answers"
    )
    answer = models.CharField(_("answer"), max_length=5, choices=Answer.choices)
    answered_at = models.DateTimeField(_("answered at"))

    class Meta:
        verbose_name = _("answer to a date poll")
        verbose_name_plural = _("answers to date polls")
        constraints = [
            models.UniqueConstraint(fields=["time", "person"], name="one_answer_to_a_time"),
        ]

    def __str__(self) -> str:
        return self.answer
