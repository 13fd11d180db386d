"""Signals of documents. The apps above receive them; `archive` does not know who they are."""

from django.dispatch import Signal

# A version has got its PDF, or has failed to; sent in the transaction that stores it, with
# ``version``.
version_settled = Signal()
