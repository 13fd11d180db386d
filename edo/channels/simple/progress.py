"""How far the client has come, for the card and the list."""

from econtract.platform.common import clock
from edo.models import SimpleSigning

_ORDER = list(SimpleSigning.Progress)


def move_progress(signing: SimpleSigning, progress: SimpleSigning.Progress) -> bool:
    """Move a signing forward to ``progress``; False, and no change, if it has come as far."""
    earlier = _ORDER[: _ORDER.index(progress)]
    rows = SimpleSigning.objects.filter(pk=signing.pk, progress__in=earlier)
    has_moved = bool(rows.update(progress=progress, progress_at=clock.now()))
    signing.refresh_from_db(fields=["progress", "progress_at"])
    return has_moved
