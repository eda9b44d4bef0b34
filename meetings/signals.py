"""Past-tense facts about meetings, sent with `.send()` inside the transaction of the flow that made them true.

Receivers may only insert outbox rows, so that a state and the promise to tell people commit or roll back together.
Every fact carries `now` (aware UTC datetime) and the row it is about; what else, stands beside it.
"""

from django.dispatch import Signal

# sender=Meeting, meeting, now: published, people may register; sent again when somebody new comes on the stage
meeting_scheduled = Signal()
# meeting, previous_starts_at, previous_ends_at, changed (set of field names), joined (set of person ids that came onto
# the stage with the change), now: revision was raised
meeting_moved = Signal()
# meeting, changed (set of field names that people are told of), joined as above, now: revision was raised
meeting_changed = Signal()
meeting_cancelled = Signal()  # meeting, now: revision was raised
meeting_started = Signal()  # meeting, now
meeting_ended = Signal()  # meeting, now
stage_left = Signal()  # meeting, people (set of person ids), now: taken off the stage of an announced meeting

registration_requested = Signal()  # registration, now: waits for the host's approval
registration_waitlisted = Signal()  # registration, now
registration_confirmed = Signal()  # registration, now: first confirmation, from the waitlist, or approved
registration_offered = Signal()  # registration, now: until registration.offered_until
registration_to_verify = (
    Signal()
)  # registration, now: held until registration.verify_by unless the address is confirmed
registration_withdrawn = Signal()  # registration, by_person (bool: themselves), now
# registration, by_host (bool: the host did not want to wait), now: the address was not confirmed
registration_lapsed = Signal()
registration_refused = Signal()  # registration, now: the host did not approve

recording_published = Signal()  # recording, now
recording_missing = Signal()  # recording, now: expected, and did not come in time
recording_failed = Signal()  # recording, now: cannot be played
