"""What happened to people's right to be here, sent with `.send()` inside the transaction that made it so.

Receivers only arrange what is done after the commit.
"""

from django.dispatch import Signal

# sender=Person, people (list of keys): their company, role on the site or whether they are active may have changed
access_changed = Signal()
sessions_ended = Signal()  # sender=Person, sessions (list of keys of UserSession)
signed_out_everywhere = Signal()  # sender=Person, person (key)
