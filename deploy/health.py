"""Health of one container: `python deploy/health.py NAME` with the exit code 0 or 1.

web      the login page responds to a request like the proxy's
sandbox  its start page responds
worker   the queue in Redis is short, so workers process it; converter likewise
beat     its schedule file is recent: it is written every three minutes
"""

import http.client
import os
import sys
import time
from pathlib import Path

import redis

QUEUE_LIMIT = 1000
MAX_SCHEDULE_AGE_SECONDS = 600


def page_responds(port: int, path: str, host: str) -> bool:
    """Whether a page of this container responds with a status below 400."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": "https"})
    return connection.getresponse().status < http.client.BAD_REQUEST


def web() -> bool:
    """Request the login page with the first allowed host name."""
    return page_responds(
        int(os.environ.get("PORT", "8000")), "/login/", os.environ["ALLOWED_HOSTS"].split(",")[0]
    )


def sandbox() -> bool:
    """Request the sandbox's start page."""
    return page_responds(8001, "/", "localhost")


def worker() -> bool:
    """Count the waiting jobs of all workers."""
    return queue_length("celery") < QUEUE_LIMIT


def converter() -> bool:
    """Count the documents that wait for their conversion."""
    return queue_length("conversion") < QUEUE_LIMIT


def queue_length(name: str) -> int:
    client = redis.Redis.from_url(os.environ["BROKER_URL"], socket_timeout=5)
    return int(client.llen(name))


def beat() -> bool:
    """Check the age of the newest schedule file."""
    files = Path(os.environ["ECONTRACT_DATA_DIR"]).glob("beat-schedule*")
    newest = max((file.stat().st_mtime for file in files), default=0.0)
    return time.time() - newest < MAX_SCHEDULE_AGE_SECONDS


CHECKS = {"web": web, "sandbox": sandbox, "worker": worker, "converter": converter, "beat": beat}

if __name__ == "__main__":
    sys.exit(0 if CHECKS[sys.argv[1]]() else 1)
