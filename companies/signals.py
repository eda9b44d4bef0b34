"""Changes of people's rights and sessions, sent with `.send()` inside the transaction that makes them.

Receivers only schedule work for after the commit.
"""

from django.dispatch import Signal

# sender=Person, people (list of keys): company, role or is_active may have changed
access_changed = Signal()
sessions_ended = Signal()  # sender=Person, sessions (list of keys of UserSession)
signed_out_everywhere = Signal()  # sender=Person, person (key)
