"""Changes of people's rights and sessions, sent with `.send()` inside the transaction that makes them.

Receivers of the first three only delete rows or schedule work for after the commit, those of `person_added` only
insert outbox rows.
"""

from django.dispatch import Signal

# sender=Person, people (list of keys): company, role or is_active may have changed
access_changed = Signal()
sessions_ended = Signal()  # sender=Person, sessions (list of keys of UserSession)
signed_out_everywhere = Signal()  # sender=Person, person (key)
# sender=Company, company, person (who belongs to it now), by (Person who added them), now
person_added = Signal()
