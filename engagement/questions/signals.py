"""Said inside the transaction in which it happens."""

from django.dispatch import Signal

question_answered = Signal()  # question, now
