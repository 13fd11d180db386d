"""Signals for the apps above this one, which it does not import."""

from django.dispatch import Signal

# Sent with ``message``, a `SentMessage`, whenever its state has moved forward, inside the
# transaction that stores it. A receiver must be idempotent and must not call outside systems: if
# it raises, the state is not stored, and the report is handled again later.
message_changed = Signal()
