"""Settings of the product; every value that differs between installations is in the environment.

`docs/deploy.md` lists the variables. The sandbox is a site of its own with its own settings.
"""

from pathlib import Path
from typing import Any

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF

from econtract.platform.common import env, paths

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = paths.data_dir()

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.text("SECRET_KEY")
ALLOWED_HOSTS = env.comma_separated("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
PUBLIC_URL = env.text("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = env.comma_separated("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "tasks",
    "archive",
    "edo",
    "clients",
    "accounts",
    "econtract.platform.outbox",
    "econtract.platform.notifications",
    "econtract.platform.listing",
    "django_fsm",
    "guardian",
    "django_htmx",
    "csp",
    "accounts.administration.AdministrationConfig",  # django.contrib.admin with our own site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "econtract.platform.common.request_id.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "econtract.permissions.PermissionsMiddleware",
    "accounts.middleware.TimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "econtract.urls"
WSGI_APPLICATION = "econtract.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["econtract.platform.common.ui_tags"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tasks.screens.common.frame.navigation",
            ],
        },
    },
]

# --- Data ------------------------------------------------------------------------------------

DATABASES = {
    "default": dj_database_url.parse(
        env.text("DATABASE_URL", f"sqlite:///{DATA_DIR / 'econtract.sqlite3'}"),
        conn_max_age=env.number("DATABASE_CONN_MAX_AGE", 600),
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        # The lists live on index scans: disks without heads, and no compiling of short queries.
        options="-c random_page_cost=1.1 -c jit=off",
        # What is asked twice is prepared: to plan is dearer than to answer (docs/benchmarks.md).
        server_side_binding=True,
        prepare_threshold=1,
    )
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A writer takes its lock at BEGIN: no "database is locked" when a reader wants to write.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # Tests run several processes on one file: an in-memory database would be private to each.
    DATABASES["default"]["TEST"] = {"NAME": env.text("TEST_SQLITE", "") or None}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MEDIA_ROOT = env.folder("FILES_DIR", DATA_DIR / "files")
FILES_S3_BUCKET = env.text("FILES_S3_BUCKET", "")
_FILES_ON_DISK = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": MEDIA_ROOT, "file_permissions_mode": 0o640},
}
# The keys come from where every S3 client looks for them: AWS_ACCESS_KEY_ID and its like.
_FILES_IN_S3 = {
    "BACKEND": "storages.backends.s3.S3Storage",
    "OPTIONS": {
        "bucket_name": FILES_S3_BUCKET,
        "endpoint_url": env.text("FILES_S3_ENDPOINT", "") or None,
        "region_name": env.text("FILES_S3_REGION", "") or None,
        "default_acl": None,
        "file_overwrite": False,
    },
}
STORAGES: dict[str, dict[str, Any]] = {
    "default": _FILES_IN_S3 if FILES_S3_BUCKET else _FILES_ON_DISK,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_TEMP_DIR = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- People ----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.backends.RoleBackend",
    "guardian.backends.ObjectPermissionBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ANONYMOUS_USER_NAME = None
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/tasks/my/"
LOGOUT_REDIRECT_URL = "accounts:login"
# Guesses allowed for one login name, or from one address times ten, in the window (seconds).
LOGIN_ATTEMPTS = env.number("LOGIN_ATTEMPTS", 10)
LOGIN_WINDOW = env.number("LOGIN_WINDOW", 15 * 60)

# Checks of documents on the public page, from one address.
VERIFY_PER_MINUTE = env.number("VERIFY_PER_MINUTE", 20)

# --- Language and time -----------------------------------------------------------------------

LANGUAGE_CODE = "ru"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Moscow"

# --- Static files ----------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = env.folder("STATIC_ROOT", DATA_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "econtract.bundles.BundleFinder",
]
# Without collectstatic (the embedded default) files are served from their sources.
WHITENOISE_USE_FINDERS = env.flag("STATIC_FROM_SOURCES", default=DEBUG)
if WHITENOISE_USE_FINDERS:
    STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
    }

# --- Security --------------------------------------------------------------------------------

HTTPS = env.flag("HTTPS", default=PUBLIC_URL.startswith("https://"))
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
SESSION_ENGINE = "econtract.platform.common.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "econtract.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- Jobs ------------------------------------------------------------------------------------

BROKER_URL = env.text("BROKER_URL", "filesystem://")
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
# Shared by all processes, and may be lost: counts of log-in attempts, results of checks.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        # Celery spells the socket and the database number in its own way.
        "LOCATION": BROKER_URL.replace("redis+socket:", "unix:").replace("virtual_host=", "db="),
        "KEY_PREFIX": "econtract",
    }
    if BROKER_URL.startswith(("redis:", "rediss:", "redis+socket:"))
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "cache",
    }
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "dispatch-jobs": {"task": "outbox.dispatch", "schedule": 2.0},
    "poll-feeds": {
        "task": "outbox.poll_feeds",
        "schedule": float(env.text("FEED_POLL_SECONDS", "2")),
    },
    "poll-silent-tasks": {"task": "tasks.poll_silent_tasks", "schedule": 600.0},
    "clean-up-files": {"task": "archive.clean_up_files", "schedule": 3600.0},
    "enqueue-digests": {"task": "tasks.enqueue_digests", "schedule": crontab(minute="5")},
    "notify-of-expiry": {
        "task": "tasks.notify_of_expiry",
        "schedule": crontab(hour="4", minute="0"),
    },
    "delete-old-rows": {
        "task": "tasks.delete_old_rows",
        "schedule": crontab(hour="1", minute="30"),
    },
}

# --- Outside systems -------------------------------------------------------------------------

SANDBOX_URL = env.text("SANDBOX_URL", "").rstrip("/")


def _system(name: str, prefix: str) -> dict[str, str]:
    url = env.text(f"{name}_URL", f"{SANDBOX_URL}{prefix}" if SANDBOX_URL else "")
    return {"url": url.rstrip("/"), "token": env.text(f"{name}_TOKEN", "sandbox")}


OUTSIDE = {
    "cdi": _system("CDI", "/cdi"),
    "eip": _system("EIP", "/eip"),
    "identity": _system("IDENTITY", "/identity"),
    "cabinet": _system("CABINET", "/cabinet"),
    "edo": _system("EDO", "/edo"),
    "archive_apd": _system("ARCHIVE_APD", "/archive/apd"),
    "archive_rio": _system("ARCHIVE_RIO", "/archive/rio"),
    "signing": _system("SIGNING", "/signing"),
    "messages": _system("MESSAGES", "/messages"),
}
# Seconds to wait for a connection and for an answer; a slow directory must not hold a page up.
OUTSIDE_CONNECT_SECONDS = env.number("OUTSIDE_CONNECT_SECONDS", 3)
OUTSIDE_ANSWER_SECONDS = env.number("OUTSIDE_ANSWER_SECONDS", 20)
OUTSIDE_PAGE_SECONDS = env.number("OUTSIDE_PAGE_SECONDS", 4)

EDO_TRUST_ROOTS = str(paths.trust_roots())
# Files of revocation lists (PEM or DER); something outside keeps them fresh.
EDO_CRLS = [str(path) for path in paths.revocation_lists()]
MCHD_XSD = env.text("MCHD_XSD", "")
# Codes of powers of which a power of attorney must name one to sign our documents by; the
# classifier is not settled, so they are data. A power written in plain text is read by people.
MCHD_POWER_CODES = env.comma_separated("MCHD_POWER_CODES", "ECONTRACT_SIGN_DOCUMENTS")
# Who holds our signatories' keys: "http" (SIGNING_URL) or "local" (SIGNING_KEYS_DIR).
SIGNING_PROVIDER = env.text("SIGNING_PROVIDER", "http")
SIGNING_KEYS_DIR = env.folder("SIGNING_KEYS_DIR", DATA_DIR / "keys")
SIGNING_KEYS_PASSWORD = env.text("SIGNING_KEYS_PASSWORD", "")

# --- Rules that an installation may set --------------------------------------------------------

IDENTIFICATION_DAYS = env.number("IDENTIFICATION_DAYS", 7)
SIGNING_DAYS = env.number("SIGNING_DAYS", 14)
REMINDER_DAYS = [int(days) for days in env.comma_separated("REMINDER_DAYS", "1,3")]
IDENTIFICATION_VALID_DAYS = env.number("IDENTIFICATION_VALID_DAYS", 365)
DATAPORT_URL = env.text("DATAPORT_URL", "https://dataport.example/checklist")
HELPME_URL = env.text("HELPME_URL", "https://helpme.example/e-contract")
# ORDER_… are the names before version 2: installations may still set them.
OUTBOX_LEASE_SECONDS = env.number("OUTBOX_LEASE_SECONDS", env.number("ORDER_LEASE_SECONDS", 120))
OUTBOX_ATTEMPTS = env.number("OUTBOX_ATTEMPTS", env.number("ORDER_ATTEMPTS", 8))

# --- Documents -------------------------------------------------------------------------------

FILE_UPLOAD_HANDLERS = ["archive.intake.uploads.LimitedUploadHandler"]
DOCUMENT_MAX_PAGES = env.number("DOCUMENT_MAX_PAGES", 500)
CONVERSION_SECONDS = env.number("CONVERSION_SECONDS", 60)
# «auto»: LibreOffice where the program SOFFICE can be run, the built-in converter elsewhere.
CONVERTER = env.text("CONVERTER", "auto")
SOFFICE = env.text("SOFFICE", "soffice")
# clamd as «/run/clamav/clamd.ctl» or «host:3310»; empty: no virus scan.
CLAMD_ADDRESS = env.text("CLAMD_ADDRESS", "")
# The internal location by which a proxy serves MEDIA_ROOT itself; empty: Django does.
ACCEL_PREFIX = env.text("ACCEL_PREFIX", "")

# --- Mail and logs ---------------------------------------------------------------------------

EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "E-Contract <noreply@localhost>")
# The hour, where the person is, of the letter about what he has not read.
DIGEST_HOUR = env.number("DIGEST_HOUR", 8)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "econtract.platform.common.request_id.RequestIdFilter"}},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request_id"],
        },
    },
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    # Addresses of outside calls carry client data in their queries; our own line has none.
    # Typesetting tells a dozen lines of progress for every page.
    "loggers": {
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "weasyprint": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "pikepdf": {"level": "WARNING"},
        # Several lines for every job, some every two seconds, would hide everything else.
        "celery": {"level": "WARNING"},
    },
}
