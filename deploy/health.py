"""Health of one container: `python deploy/health.py web|worker|beat|sandbox`, exit code 0 or 1.

web      the login page answers, as asked through the proxy
sandbox  its first page answers
worker   the queue in Redis is short: somebody takes jobs
beat     its schedule file was written lately: it writes one every three minutes
"""

import http.client
import os
import sys
import time
from pathlib import Path

import redis

QUEUE_LIMIT = 1000
BEAT_SILENCE_SECONDS = 600


def page_answers(port: int, path: str, host: str) -> bool:
    """Whether a page of this container answers with a status below 400."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": "https"})
    return connection.getresponse().status < http.client.BAD_REQUEST


def web() -> bool:
    """The login page, with the first of the allowed host names."""
    return page_answers(
        int(os.environ.get("PORT", "8000")), "/login/", os.environ["ALLOWED_HOSTS"].split(",")[0]
    )


def sandbox() -> bool:
    """The sandbox's first page."""
    return page_answers(8001, "/", "localhost")


def worker() -> bool:
    """Jobs that wait, over all workers."""
    client = redis.Redis.from_url(os.environ["BROKER_URL"], socket_timeout=5)
    return int(client.llen("celery")) < QUEUE_LIMIT


def beat() -> bool:
    """The age of the newest schedule file."""
    files = Path(os.environ["ECONTRACT_DATA_DIR"]).glob("beat-schedule*")
    newest = max((file.stat().st_mtime for file in files), default=0.0)
    return time.time() - newest < BEAT_SILENCE_SECONDS


CHECKS = {"web": web, "sandbox": sandbox, "worker": worker, "beat": beat}

if __name__ == "__main__":
    sys.exit(0 if CHECKS[sys.argv[1]]() else 1)
