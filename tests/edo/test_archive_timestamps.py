"""When the time-stamp of a package is renewed."""

from datetime import timedelta

import pytest

from edo.archive_timestamps import ArchiveTimestamp
from tests.support.signing.pki import DAY, NOW


@pytest.mark.parametrize(
    ("certificate_days", "renewal_days"),
    [
        (5 * 365, 365),  # every year
        (400, 340),  # 60 days before the certificate ends
        (100, 50),  # halfway: 60 days would be too many
        (2, 1),
    ],
)
def test_a_stamp_is_renewed_before_its_certificate_ends(
    certificate_days: int, renewal_days: int
) -> None:
    timestamp = ArchiveTimestamp(b"", b"", NOW, NOW + certificate_days * DAY)
    assert timestamp.renew_at - NOW == timedelta(days=renewal_days)
