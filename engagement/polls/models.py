"""A poll, its options with their counters, and who has voted.

Of an anonymous poll nothing stored says who chose what: a vote is a `PollVoter` and counters that grow, written
together with others of the same moment. Voters and words have random keys, so that their order tells nothing either.
"""

from collections.abc import Collection, Mapping, Sequence

from django.db import connection, models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.ids import new_id
from companies.languages import LocalizedText, active_language
from companies.model_fields import CleanJSONField, LineField
from companies.models import Person
from rooms.models import Room

LONGEST_TITLE = 200
LONGEST_OPTION = 120
LONGEST_WORD = 40


class Translated(models.Model):
    """A text in the meeting's language, and its translations by language."""

    translations = CleanJSONField(_("translations"), default=dict, blank=True)

    class Meta:
        abstract = True

    def in_words(self, text: str) -> LocalizedText:
        """In the reader's language, else as it was written; then `language` is empty."""
        language = active_language()
        translated = self.translations.get(language, "")
        return LocalizedText(translated or text, language if translated else "", is_fallback=False)


class Poll(Translated):
    """A question with options that people in a room choose from, or answer with a few words of their own."""

    class Kind(models.TextChoices):
        SINGLE = "single", _("one choice")
        MULTIPLE = "multiple", _("several choices")
        RATING = "rating", _("rating")
        WORDS = "words", _("word cloud")
        RANKING = "ranking", _("ranking")
        QUIZ = "quiz", _("quiz")

    class State(models.TextChoices):
        PREPARED = "prepared", pgettext_lazy("of a poll", "prepared")
        OPEN = "open", pgettext_lazy("of a poll", "open")
        CLOSED = "closed", pgettext_lazy("of a poll", "closed")

    class Results(models.TextChoices):
        LIVE = "live", _("Everyone, while people vote")
        HELD = "held", _("Everyone, once you share them")
        HOSTS = "hosts", _("Only hosts")

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    room = models.ForeignKey(Room, verbose_name=_("room"), on_delete=models.CASCADE, related_name="polls")
    meeting = models.CharField(max_length=16, blank=True, help_text="id of the meeting that it belongs to")
    kind = models.CharField(_("type"), max_length=10, choices=Kind.choices)
    title = LineField(_("question"), max_length=LONGEST_TITLE)
    is_anonymous = models.BooleanField(_("anonymous"), default=True)
    opened_as_anonymous = models.BooleanField(null=True, editable=False)
    results = models.CharField(
        _("who sees the results"), max_length=5, choices=Results.choices, default=Results.LIVE
    )
    most_choices = models.PositiveSmallIntegerField(_("maximum number of choices"), default=1)
    state = models.CharField(_("status"), max_length=8, choices=State.choices, default=State.PREPARED)
    voters = models.PositiveIntegerField(default=0)
    is_shared = models.BooleanField(default=False, help_text="everybody may see the results")
    is_on_stage = models.BooleanField(default=False, help_text="its results are shown over the stage")
    is_on_page = models.BooleanField(
        _("results on the meeting page"), default=False, help_text="after the meeting"
    )
    final_results = CleanJSONField(default=list, editable=False, help_text="once closed, as pages show them")
    created_at = models.DateTimeField(_("created at"))
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")
        indexes = [
            models.Index(fields=["meeting", "created_at"], name="polls_by_meeting"),
            models.Index(fields=["created_at"], name="polls_by_age"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["room"], condition=Q(state="open"), name="one_open_poll_in_a_room"
            ),
            models.CheckConstraint(
                condition=Q(opened_as_anonymous__isnull=True) | Q(opened_as_anonymous=F("is_anonymous")),
                name="an_opened_poll_stays_as_anonymous",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="prepared",
                    opened_at__isnull=True,
                    opened_as_anonymous__isnull=True,
                    closed_at__isnull=True,
                    voters=0,
                )
                | Q(
                    state="open",
                    opened_at__isnull=False,
                    opened_as_anonymous__isnull=False,
                    closed_at__isnull=True,
                )
                | Q(
                    state="closed",
                    opened_at__isnull=False,
                    opened_as_anonymous__isnull=False,
                    closed_at__isnull=False,
                ),
                name="a_poll_is_prepared_open_or_closed",
            ),
            models.CheckConstraint(
                condition=~Q(results="hosts") | Q(is_shared=False, is_on_stage=False, is_on_page=False),
                name="a_poll_for_hosts_is_not_shared",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_prepared(self) -> bool:
        return self.state == self.State.PREPARED

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def has_options(self) -> bool:
        return self.kind != self.Kind.WORDS

    @property
    def title_in_words(self) -> LocalizedText:
        return self.in_words(self.title)


class PollOption(Translated):
    """`number` is its id in the protocol. `votes` counts; in a ranking it sums up points."""

    poll = models.ForeignKey(Poll, verbose_name=_("poll"), on_delete=models.CASCADE, related_name="options")
    number = models.PositiveSmallIntegerField(_("number"))
    text = LineField(_("option"), max_length=LONGEST_OPTION)
    is_right = models.BooleanField(_("correct answer"), default=False)
    votes = models.PositiveIntegerField(_("votes"), default=0)

    class Meta:
        verbose_name = _("poll option")
        verbose_name_plural = _("poll options")
        ordering = ["poll", "number"]
        constraints = [
            models.UniqueConstraint(fields=["poll", "number"], name="options_of_a_poll_are_numbered")
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def text_in_words(self) -> LocalizedText:
        return self.in_words(self.text)

    @classmethod
    def add_votes(cls, poll: str, votes: Mapping[int, int]) -> dict[int, int]:
        """Adds to the counters in one statement, and returns all counters of the poll."""
        table = connection.ops.quote_name(cls._meta.db_table)
        cases = " ".join(["WHEN %s THEN %s"] * len(votes))
        sql = (
            f"UPDATE {table} SET votes = votes + CASE number {cases} ELSE 0 END"  # noqa: S608 - a name of ours
            " WHERE poll_id = %s RETURNING number, votes"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, [*(value for pair in votes.items() for value in pair), poll])
            return dict(cursor.fetchall())


class PollWord(models.Model):
    """A short answer to a word cloud, and how many people gave it. `key` is its folded form."""

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    poll = models.ForeignKey(Poll, verbose_name=_("poll"), on_delete=models.CASCADE, related_name="words")
    key = models.CharField(max_length=4 * LONGEST_WORD)
    text = LineField(_("answer"), max_length=LONGEST_WORD)
    votes = models.PositiveIntegerField(_("votes"), default=0)

    class Meta:
        verbose_name = _("poll answer")
        verbose_name_plural = _("poll answers")
        constraints = [models.UniqueConstraint(fields=["poll", "key"], name="a_word_is_counted_in_one_row")]

    def __str__(self) -> str:
        return self.text

    @classmethod
    def add_votes(cls, poll: str, words: Mapping[str, tuple[str, int]]) -> dict[str, tuple[str, int]]:
        """By key the text as first written and the votes to add; returns those of these words, all votes counted."""
        table = connection.ops.quote_name(cls._meta.db_table)
        rows = ", ".join(["(%s, %s, %s, %s, %s)"] * len(words))
        sql = (
            f"INSERT INTO {table} (id, poll_id, key, text, votes) VALUES {rows} ON CONFLICT (poll_id, key)"  # noqa: S608 - a name of ours
            f" DO UPDATE SET votes = {table}.votes + excluded.votes RETURNING key, text, votes"
        )
        # In one order, so that two processes never wait for each other's rows.
        values = [
            value for key in sorted(words) for value in (new_id(), poll, key, words[key][0], words[key][1])
        ]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return {key: (text, votes) for key, text, votes in cursor.fetchall()}


class PollVoter(models.Model):
    """That a person has voted in a poll, and nothing else: no time, no number, no choice."""

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    poll = models.ForeignKey(Poll, verbose_name=_("poll"), on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="polls_voted_in"
    )

    class Meta:
        verbose_name = _("voter")
        verbose_name_plural = _("voters")
        constraints = [models.UniqueConstraint(fields=["poll", "person"], name="a_person_votes_once")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.poll_id}"

    @classmethod
    def insert_new(cls, poll: str, people: Collection[int]) -> set[int]:
        """Inserts those who have not voted before, and returns them."""
        table = connection.ops.quote_name(cls._meta.db_table)
        rows = ", ".join(["(%s, %s, %s)"] * len(people))
        sql = (
            f"INSERT INTO {table} (id, poll_id, person_id) VALUES {rows}"  # noqa: S608 - a name of ours
            " ON CONFLICT (poll_id, person_id) DO NOTHING RETURNING person_id"
        )
        # In one order, so that two processes never wait for each other's rows.
        values = [value for person in sorted(people) for value in (new_id(), poll, person)]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return {row[0] for row in cursor.fetchall()}


class PollBallot(models.Model):
    """What a person chose in a poll that is not anonymous."""

    poll = models.ForeignKey(Poll, verbose_name=_("poll"), on_delete=models.CASCADE, related_name="ballots")
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="ballots"
    )
    choices = models.JSONField(_("choices"), default=list)
    text = LineField(_("answer"), max_length=LONGEST_WORD, blank=True)

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        constraints = [models.UniqueConstraint(fields=["poll", "person"], name="a_person_has_one_ballot")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.poll_id}"

    def in_words(self, options: Sequence[PollOption]) -> list[LocalizedText | str]:
        """The chosen options in the order of the choice, or the answer."""
        by_number = {option.number: option for option in options}
        chosen = [by_number[number].text_in_words for number in self.choices if number in by_number]
        return [*chosen, self.text] if self.text else [*chosen]
