"""Signals of meetings, sent inside the transaction of the flow that made them true.

Receivers may only insert outbox rows, and open or close what begins or ends with a meeting, so that a change and what
follows from it commit or roll back together.
Every signal carries `now` (aware UTC datetime) and its row; the comments name what else it carries.
"""

from django.dispatch import Signal

# sender=Meeting, meeting, now: published, people may register; sent again when somebody new is on stage
meeting_scheduled = Signal()
# meeting, previous_starts_at, previous_ends_at, changed (set of field names), former (title, format and address before,
# where they have changed), joined (ids of people who are new on stage with the change), now: revision was raised
meeting_moved = Signal()
# meeting, changed (names from change_preview.changed_fields, and of what changed with them), former and joined as
# above, now: revision was raised
meeting_changed = Signal()
# meeting, now: other interpretation, how to listen to it, or format, of a published meeting
interpretation_changed = Signal()
meeting_cancelled = Signal()  # meeting, now: revision was raised
meeting_started = Signal()  # meeting, now
meeting_ended = Signal()  # meeting, now
meeting_discarded = Signal()  # meeting, now: a draft that is about to be deleted
stage_left = (
    Signal()
)  # meeting, people (set of person ids), now: removed from the stage of a published meeting

registration_requested = Signal()  # registration, now: waits for the host's approval
registration_waitlisted = Signal()  # registration, now
registration_confirmed = Signal()  # registration, now: first confirmation, from the waitlist, or approved
registration_offered = Signal()  # registration, now: until registration.offered_until
# registration, now: held until registration.verify_by unless the address is confirmed
registration_to_verify = Signal()
# registration, by_person (bool: themselves), offer_ended (True when a seat was not accepted in time), now
registration_withdrawn = Signal()
# registration, by_host (bool: the host removed it before its deadline), now: the address was not confirmed
registration_lapsed = Signal()
registration_resent = Signal()  # registration, now: the email about its present state is wanted once more
registration_refused = Signal()  # registration, now: the host did not approve

proposal_declined = Signal()  # reply (its proposed time is not taken), now

# meeting, invitations (just made, or sent again), now
people_invited = Signal()
invitation_withdrawn = Signal()  # invitation, now: the host took it back before it was answered
invitation_answered = Signal()  # invitation, now: accepted or declined

recording_published = Signal()  # recording, now
recording_missing = Signal()  # recording, now: expected, and not there in time
recording_failed = Signal()  # recording, now: cannot be played
