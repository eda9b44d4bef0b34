"""The feature, as the engine knows it."""

from engagement.questions import commands, messages, state, words
from rooms.features import CommandType, DurableEvent, Feature, OwnPart, SnapshotPart
from rooms.limits import READ_LIMIT, WRITE_LIMIT, RateLimit
from rooms.policy import Level
from rooms.rights import Rule, hosts_only, readers_too, while_open

VOTE_LIMIT = RateLimit(burst=30, rate=5)
MODERATION_LIMIT = RateLimit(burst=30, rate=5)
LARGEST_PART = 12 * 1024  # bytes of the snapshot

_everybody = Rule(when=while_open)
_speakers = Rule(Level.SPEAK, when=while_open)
_hosts = hosts_only(when=while_open)

QUESTIONS = Feature(
    name="questions",
    documentation="Questions and answers: asked, upvoted, moderated, answered aloud or in writing.",
    commands=(
        CommandType(messages.QuestionAsk, commands.ask, _everybody, WRITE_LIMIT, messages.QuestionAskReply),
        CommandType(messages.QuestionEdit, commands.edit, _everybody, WRITE_LIMIT),
        CommandType(messages.QuestionDelete, commands.delete, _everybody, WRITE_LIMIT),
        CommandType(messages.QuestionVote, commands.vote, _everybody, VOTE_LIMIT),
        CommandType(
            messages.QuestionList, commands.list_page, readers_too(), READ_LIMIT, messages.QuestionListReply
        ),
        CommandType(messages.QuestionApprove, commands.approve, _hosts, MODERATION_LIMIT),
        CommandType(messages.QuestionAnswering, commands.set_answering, _speakers, MODERATION_LIMIT),
        CommandType(messages.QuestionAnswer, commands.answer, _speakers, MODERATION_LIMIT),
        CommandType(messages.QuestionDismiss, commands.dismiss, _hosts, MODERATION_LIMIT),
        CommandType(messages.QuestionMerge, commands.merge, _hosts, MODERATION_LIMIT),
        CommandType(messages.QuestionPin, commands.pin, _hosts, MODERATION_LIMIT),
        CommandType(messages.QuestionAssign, commands.assign, _hosts, MODERATION_LIMIT),
        CommandType(messages.QuestionTranslate, commands.translate, _speakers, MODERATION_LIMIT),
        CommandType(messages.QuestionConfigure, commands.configure, _hosts, MODERATION_LIMIT),
    ),
    durable=(
        DurableEvent(shape=messages.QuestionAsked, apply=state.put_as_new),
        DurableEvent(shape=messages.QuestionChanged, apply=state.put),
        DurableEvent(shape=messages.QuestionAnswered, apply=state.put),
        DurableEvent(shape=messages.QuestionDismissed, apply=state.dismiss),
        DurableEvent(shape=messages.QuestionMerged, apply=state.merge),
        DurableEvent(shape=messages.QuestionDeleted, apply=state.remove),
        DurableEvent(shape=messages.QuestionDetailed, apply=state.put_details),
        DurableEvent(shape=messages.QuestionOwn, apply=state.put_owner),
        DurableEvent(shape=messages.QuestionsConfigured, apply=state.configure),
    ),
    ephemeral=(messages.QuestionVoted,),
    snapshot=SnapshotPart(shape=messages.QuestionsSnapshot, build=state.snapshot, max_bytes=LARGEST_PART),
    own=OwnPart(shape=messages.OwnQuestions, build=state.own),
    load=state.load,
    bus_handlers={state.BUS_KIND: state.receive_votes},
    watch=state.watch,
    in_breakouts=False,
    words=words.words,
    plurals=words.plurals,
)
