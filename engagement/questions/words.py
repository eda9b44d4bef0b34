"""What the room's page says of questions and answers."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext, pgettext


def words() -> dict[str, str]:
    return {
        "qa": _("Q&A"),
        "qa.list": _("Questions"),
        "qa.empty": _("No questions yet. Ask the first one, in your own language if you like."),
        "qa.none_here": _("No questions match this filter."),
        "qa.off": _("The host has turned Q&A off."),
        "qa.more": _("Show more questions"),
        "qa.filter": _("Show"),
        "qa.filter.all": pgettext("questions", "All"),
        "qa.filter.held": pgettext("messages", "Waiting for approval"),
        "qa.filter.open": pgettext("questions", "Open"),
        "qa.filter.answered": pgettext("questions", "Answered"),
        "qa.filter.mine": pgettext("questions", "Mine"),
        "qa.sort": _("Sort by"),
        "qa.sort.votes": pgettext("sort questions by", "Upvotes"),
        "qa.sort.time": pgettext("sort questions by", "Newest"),
        "qa.write": _("Your question"),
        "qa.placeholder": _("Ask a question"),
        "qa.ask": _("Ask"),
        "qa.sent": _("Your question was sent."),
        "qa.sent_held": _("Your question was sent. Others will see it once a host has approved it."),
        "qa.anonymous_attendees": _(
            "Ask anonymously. Other attendees won’t see your name, but the hosts will."
        ),
        "qa.anonymous_everyone": _("Ask anonymously. Nobody sees your name, not even the hosts."),
        "qa.anonymous": _("Anonymous"),
        "qa.upvote": _("Upvote"),
        "qa.answering": _("Being answered now"),
        "qa.answered": _("The answer"),
        "qa.answered_aloud": _("Answered live at {time}"),
        "qa.answered_privately": _("Answered privately"),
        "qa.answered_by": _("Answer from {name}"),
        "qa.answer_private": _("Only you and the hosts see this answer."),
        "qa.answer_private_host": _("Only the person who asked and the hosts can see this answer."),
        "qa.held": pgettext("messages", "Waiting for approval"),
        "qa.dismissed": _("Dismissed"),
        "qa.dismissed_because": _("Dismissed: {reason}"),
        "qa.merged": _("Merged with another question"),
        "qa.pinned": _("Pinned"),
        "qa.edited": _("edited"),
        "qa.for": _("For {name}"),
        "qa.original": _("Original ({language}): {text}"),
        "qa.actions": _("Actions for the question: {text}"),
        "qa.approve": pgettext("messages", "Approve"),
        "qa.reopen": _("Reopen"),
        "qa.start_answering": _("Answer live"),
        "qa.stop_answering": _("Stop answering"),
        "qa.mark_answered": pgettext("of a question", "Mark as answered"),
        "qa.answer_in_writing": _("Answer in writing"),
        "qa.change_answer": _("Change the answer"),
        "qa.assign": _("Assign to a speaker"),
        "qa.assign_nobody": _("Nobody"),
        "qa.pin": _("Pin"),
        "qa.unpin": _("Unpin"),
        "qa.merge": _("Merge with another question"),
        "qa.merge_into": _("Question to keep"),
        "qa.dismiss": _("Dismiss"),
        "qa.dismiss_reason": _("Reason (shown to the person who asked)"),
        "qa.translate": _("Add a translation"),
        "qa.translation_language": _("Language of the translation"),
        "qa.translation": _("Translation"),
        "qa.edit": _("Edit"),
        "qa.delete": _("Delete"),
        "qa.delete_title": _("Delete your question?"),
        "qa.delete_text": _("The question and its upvotes will be deleted. You can’t undo this."),
        "qa.answer": _("Answer"),
        "qa.your_answer": _("Your answer"),
        "qa.private": _("Send privately to the person who asked"),
        "qa.save": _("Save"),
        "qa.settings": _("Q&A settings"),
        "qa.set_open": _("Attendees can ask questions"),
        "qa.set_moderated": _("A host approves each question before others see it"),
        "qa.set_upvotes": _("Attendees can upvote questions"),
        "qa.set_anonymity": _("Anonymous questions"),
        "qa.anonymity_no": _("Not allowed"),
        "qa.anonymity_attendees": _("Names are hidden from other attendees, but hosts can see them"),
        "qa.anonymity_everyone": _("Names are hidden from everyone, including hosts"),
        "qa.problem.too_fast": _("You’re sending questions too quickly. Wait a moment and try again."),
        "qa.problem.closed": _("The host has just turned Q&A off. Your question was not sent."),
        "qa.problem.anonymous": _(
            "The host has just changed who can see your name. Check the option below, then send your "
            "question again."
        ),
        "qa.problem.too_many_open": _(
            "You have many open questions. Delete one, or wait until some are answered."
        ),
        "qa.problem.offline": _("No connection. Your question is still here: try again in a moment."),
        "qa.problem.refused": _("Your question was not sent. Please try again."),
        "qa.notice_new": _("New question: {text}"),
        "qa.notice_answering": _("Being answered now: {text}"),
        "qa.notice_answered": _("Your question was answered."),
        "qa.notice_dismissed": _("Your question was dismissed."),
        "qa.notice_merged": _("Your question was merged with another one."),
    }


def plurals(n: int) -> dict[str, str]:
    return {
        "qa.new": npgettext("questions", "{n} new", "{n} new", n),
        "qa.votes": ngettext("{n} upvote", "{n} upvotes", n),
    }
