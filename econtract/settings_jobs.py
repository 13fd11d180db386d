"""Settings of Celery, the broker and the cache. Part of `econtract.settings`."""

from celery.schedules import crontab

from econtract.platform.common import env, paths

DATA_DIR = paths.data_dir()

BROKER_URL = env.address(
    "BROKER_URL", "filesystem://", ["redis", "rediss", "redis+socket", "filesystem"]
)
CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 4
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_DB_REUSE_MAX = 1_000_000_000  # econtract/celery.py closes old connections
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {"visibility_timeout": 600}
if BROKER_URL.startswith("filesystem://"):
    BROKER_DIR = DATA_DIR / "broker"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "messages"),
        "data_folder_out": str(BROKER_DIR / "messages"),
        "control_folder": str(BROKER_DIR / "control"),
    }
# Shared by all processes; its data (log-in attempts, results of checks) may be lost.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        # Celery has its own syntax for the socket and the database number.
        "LOCATION": BROKER_URL.replace("redis+socket:", "unix:").replace("virtual_host=", "db="),
        "KEY_PREFIX": "econtract",
    }
    if BROKER_URL.startswith(("redis:", "rediss:", "redis+socket:"))
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "cache",
        # With Django's 300 anybody could push the counters of wrong passwords out.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "dispatch-jobs": {"task": "outbox.dispatch", "schedule": 2.0},
    "poll-feeds": {
        "task": "outbox.poll_feeds",
        "schedule": env.seconds("FEED_POLL_SECONDS", 2),
    },
    "poll-silent-tasks": {"task": "tasks.poll_silent_tasks", "schedule": 600.0},
    "ask-about-silent-messages": {
        "task": "clients.ask_about_silent_messages",
        "schedule": 600.0,
    },
    "delete-old-messages": {
        "task": "clients.delete_old_messages",
        "schedule": crontab(hour="1", minute="40"),
    },
    "refresh-trust": {"task": "tasks.refresh_trust", "schedule": 60.0},
    "clean-up-files": {"task": "archive.clean_up_files", "schedule": 3600.0},
    "enqueue-digests": {"task": "tasks.enqueue_digests", "schedule": crontab(minute="5")},
    "notify-of-expiry": {
        "task": "tasks.notify_of_expiry",
        "schedule": crontab(hour="4", minute="0"),
    },
    "renew-timestamps": {
        "task": "tasks.renew_timestamps",
        "schedule": crontab(hour="2", minute="30"),
    },
    # At the end of the day in UTC, and again in case the seal was unavailable.
    "anchor-evidence": {
        "task": "tasks.anchor_evidence",
        "schedule": crontab(hour="22,23", minute="15"),
    },
    "delete-ended-sessions": {"task": "accounts.delete_ended_sessions", "schedule": 3600.0},
    "delete-old-rows": {
        "task": "tasks.delete_old_rows",
        "schedule": crontab(hour="1", minute="30"),
    },
}
