"""What every test stands on."""

import econtract.celery  # noqa: F401  (jobs are published to this application)
