"""Commands and events of questions and answers."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from rooms.messages import ClientId, Command, Event, EventSeq, PersonId, PersonRef, Reply

QuestionId = Annotated[str, StringConstraints(min_length=1, max_length=16, pattern=r"^[0-9a-z]+$")]
LanguageCode = Annotated[str, StringConstraints(min_length=2, max_length=5, pattern=r"^[a-z-]+$")]
QuestionText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
AnswerText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Anonymity = Literal["no", "attendees", "everyone"]


class QuestionAsk(Command):
    """Asks a question; the reply carries its id in `question`.

    `anonymous` hides who asks as far as the room's settings allow it: from other attendees, or from hosts, too. With
    `hidden_from` the question is refused when the settings hide less than this. A question sent again with the same
    `client_id` is not written again, and the reply is the first one. `language` is the one it is written in.
    """

    do: Literal["question.ask"]
    text: QuestionText
    anonymous: bool = False
    hidden_from: Literal["attendees", "everyone"] | None = None
    language: LanguageCode | None = None
    client_id: ClientId | None = None


class QuestionEdit(Command):
    """Changes the text of an own question that is not answered yet. A moderated room holds it again."""

    do: Literal["question.edit"]
    question: QuestionId
    text: QuestionText


class QuestionDelete(Command):
    """Deletes an own question that is not answered yet."""

    do: Literal["question.delete"]
    question: QuestionId


class QuestionVote(Command):
    """Upvotes a question, or with `up` false takes the upvote back. Once a person; again changes nothing."""

    do: Literal["question.vote"]
    question: QuestionId
    up: bool


class QuestionApprove(Command):
    """Shows a held question to everybody, or reopens one that was dismissed or answered. Hosts only."""

    do: Literal["question.approve"]
    question: QuestionId


class QuestionAnswering(Command):
    """Shows on the stage that this question is being answered, or with `on` false that it is not any more.

    Hosts, and the speaker to whom it is assigned.
    """

    do: Literal["question.answering"]
    question: QuestionId
    on: bool


class QuestionAnswer(Command):
    """Answers in writing with `text`; without it the question was answered aloud.

    `private`: only the asker and the hosts see the answer. Hosts, and the speaker to whom it is assigned.
    """

    do: Literal["question.answer"]
    question: QuestionId
    text: Annotated[AnswerText | None, Field(examples=["The pumps are quiet."])] = None
    private: bool = False


class QuestionDismiss(Command):
    """Dismisses a question. The asker and the hosts see `reason`. Hosts only."""

    do: Literal["question.dismiss"]
    question: QuestionId
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""


class QuestionMerge(Command):
    """Merges a question into another that asks the same: the upvotes are united, one a person. Hosts only."""

    do: Literal["question.merge"]
    question: QuestionId
    into: QuestionId


class QuestionPin(Command):
    """Pins a question to the top of the list, or with `on` false unpins it. Hosts only."""

    do: Literal["question.pin"]
    question: QuestionId
    on: bool


class QuestionAssign(Command):
    """Assigns a question to somebody in the room who has a role or is on stage, or with null to nobody. Hosts only."""

    do: Literal["question.assign"]
    question: QuestionId
    person: PersonId | None


class QuestionTranslate(Command):
    """Writes the question in another language, for readers of that language. Speakers, interpreters and hosts."""

    do: Literal["question.translate"]
    question: QuestionId
    language: LanguageCode
    text: QuestionText


class QuestionConfigure(Command):
    """Changes the settings that are given. Hosts only."""

    do: Literal["question.configure"]
    is_open: bool | None = None
    is_moderated: Annotated[bool | None, Field(examples=[True])] = None
    anonymity: Anonymity | None = None
    has_upvotes: bool | None = None


class QuestionList(Command):
    """A page of questions that the receiver may see, newest first, in the reply's `questions`.

    `details` are what only hosts and the asker see of them; `next` is the `before` of the following page, or null.
    """

    do: Literal["question.list"]
    before: EventSeq | None = None


# ---- shapes inside events --------------------------------------------------------------------------------


class AnswerInfo(BaseModel):
    """An answer in writing, or `aloud`, or both. `at` is when it began to be heard, else when it was written."""

    text: str
    aloud: bool
    by: str
    at: str


class QuestionInfo(BaseModel):
    """A question as everybody sees it. `from` is null when it is anonymous.

    `answer` is null until it is answered, and when the answer is private. `answering`: it is being answered now.
    `translations` are texts by language.
    """

    model_config = ConfigDict(populate_by_name=True)
    id: str
    text: str
    sender: PersonRef | None = Field(alias="from")
    hidden_from: Literal["nobody", "attendees", "everyone"]
    language: str
    translations: dict[str, str]
    votes: int
    state: Literal["held", "visible", "answered", "dismissed", "merged"]
    at: str
    edited: bool
    pinned: bool
    assigned: PersonRef | None
    answering: bool
    answer: AnswerInfo | None


class QuestionDetails(BaseModel):
    """What only hosts and the asker see of a question: who asks, the reason of a dismissal, a private answer."""

    model_config = ConfigDict(populate_by_name=True)
    id: str
    sender: PersonRef | None = Field(alias="from")
    reason: str
    answer: AnswerInfo | None


class QuestionSettingsInfo(BaseModel):
    """What hosts have chosen for the questions of the room."""

    is_open: bool
    is_moderated: bool
    anonymity: Anonymity
    has_upvotes: bool


# ---- events ----------------------------------------------------------------------------------------------


class QuestionEvent(QuestionInfo, Event):
    """An event that carries the question as it is now."""


class QuestionAsked(QuestionEvent):
    """A question. With the state `held` only hosts and the asker get it; after the approval everybody does."""

    ev: Literal["question.asked"] = "question.asked"


class QuestionChanged(QuestionEvent):
    """The question has changed: its text, translations, who answers it, or that it is answered now."""

    ev: Literal["question.changed"] = "question.changed"


class QuestionAnswered(QuestionEvent):
    """The question is answered: in writing with `answer.text`, or aloud."""

    ev: Literal["question.answered"] = "question.answered"


class QuestionDismissed(Event):
    """The question is dismissed: only hosts and the asker still see it, with the reason in `question.details`."""

    ev: Literal["question.dismissed"] = "question.dismissed"
    id: str
    at: str


class QuestionMerged(Event):
    """The question is merged into the question `into`: only hosts and the asker still see it."""

    ev: Literal["question.merged"] = "question.merged"
    id: str
    into: str
    at: str


class QuestionDeleted(Event):
    """The question is gone: deleted by its asker, or changed and held again, and then hosts and asker get it anew."""

    ev: Literal["question.deleted"] = "question.deleted"
    id: str
    at: str


class QuestionDetailed(QuestionDetails, Event):
    """To hosts and the asker: what only they see of a question. It replaces what was there."""

    ev: Literal["question.details"] = "question.details"
    at: str


class QuestionOwn(Event):
    """To the asker: this question is theirs. `person` is the asker."""

    ev: Literal["question.own"] = "question.own"
    id: str
    person: PersonId
    at: str


class QuestionsConfigured(Event):
    """The settings of the room's questions have changed."""

    ev: Literal["question.configured"] = "question.configured"
    settings: QuestionSettingsInfo
    at: str


class QuestionVoted(Event):
    """The number of upvotes; at most five such events a second for a question."""

    ev: Literal["question.voted"] = "question.voted"
    id: str
    votes: int


class QuestionsSnapshot(BaseModel):
    """The questions that the receiver sees, as many as fit; `more_questions`: `question.list` gives the others.

    `question_details` are for hosts.
    """

    questions: list[QuestionInfo]
    more_questions: bool
    question_details: list[QuestionDetails]
    question_settings: QuestionSettingsInfo


class OwnQuestions(BaseModel):
    """The ids of one's own questions, and of those that one has upvoted: the newest hundred of each."""

    own_questions: list[str]
    upvoted_questions: list[str]


def as_json(shape: BaseModel) -> dict[str, Any]:
    return shape.model_dump(mode="json", by_alias=True)


# ---- replies ---------------------------------------------------------------------------------------------


class QuestionAskReply(Reply):
    """The id of the question."""

    question: str


class QuestionListReply(Reply):
    """Questions; `next` is the `before` of the following page, or null."""

    questions: list[QuestionInfo]
    details: list[QuestionDetails]
    next: int | None
