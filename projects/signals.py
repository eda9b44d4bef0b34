"""Signals of project rooms, sent inside the transaction of the flow; receivers only insert outbox rows."""

from django.dispatch import Signal

# sender=ProjectRoom, project, companies (set of keys: those whose people may enter from now on), by (Person), now
companies_added = Signal()
# sender=Action, action, people (list of keys: its owner, or those of its company), now
action_due = Signal()
# sender=ProjectRoom, project, people (list of keys), by (Person), deletion, is_revoked, now
deletion_decided = Signal()
# sender=ProjectRoom, project, now: before its rows go
project_deleted = Signal()
# sender=ProjectExport, and export, now
export_ready = Signal()
# sender=Post, post (its thread and project with it), now
post_written = Signal()
# sender=DatePoll, poll, people (list of keys), is_reminder (bool), now: people are asked to answer
date_poll_asks = Signal()
# sender=DatePoll, poll, people (list of keys: who began it, else the leads), now: a time is to be chosen
date_poll_over = Signal()
partner_request_to_confirm = Signal()  # sender=PartnerRequest, request (of a guest), now
partner_request_arrived = Signal()  # sender=PartnerRequest, request, people (list of keys: the leads), now
partner_request_answered = Signal()  # sender=PartnerRequest, request, now
# sender=ProjectRoom, project, person (who may enter from now on), by (Person), entry (key of the history's), now
person_added = Signal()
