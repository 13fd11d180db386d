"""Settings of the product; every value that differs between installations is in the environment.

`docs/deploy.md` lists the variables. `settings_jobs.py` and `settings_product.py` are part of it.
The sandbox is a site of its own with its own settings.
"""

from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF

from econtract.platform.common import env, paths
from econtract.settings_jobs import *  # noqa: F403
from econtract.settings_product import *  # noqa: F403

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
    "econtract.error_pages.ErrorPagesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "econtract.private_responses.PrivateResponsesMiddleware",
    "econtract.platform.common.request_id.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.session_end.middleware.SessionEndMiddleware",
    "accounts.middleware.PasswordChangeMiddleware",
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
        env.address(
            "DATABASE_URL",
            f"sqlite:///{DATA_DIR / 'econtract.sqlite3'}",
            ["postgres", "postgresql", "sqlite"],
        ),
        conn_max_age=env.number("DATABASE_CONN_MAX_AGE", 600),
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        # The lists rely on index scans. The database is on SSDs, and JIT slows short queries down.
        options="-c random_page_cost=1.1 -c jit=off",
        # Repeated queries are prepared: planning costs more than execution (docs/benchmarks.md).
        server_side_binding=True,
        prepare_threshold=1,
    )
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Take the write lock at BEGIN: upgrading a read lock fails with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # Some tests start processes, which need a file: an in-memory database cannot be shared.
    DATABASES["default"]["TEST"] = {"NAME": env.text("TEST_SQLITE", "") or None}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MEDIA_ROOT = env.folder("FILES_DIR", DATA_DIR / "files")
FILES_S3_BUCKET = env.text("FILES_S3_BUCKET", "")
_FILES_ON_DISK = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": MEDIA_ROOT, "file_permissions_mode": 0o640},
}
# The credentials are in the usual variables of S3 clients, such as AWS_ACCESS_KEY_ID.
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

# --- Users -----------------------------------------------------------------------------------

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
# Wrong passwords for a login at one address before each doubles the delay, up to LOGIN_WINDOW
# seconds; ten times as many for all logins at the address.
LOGIN_ATTEMPTS = env.number("LOGIN_ATTEMPTS", 10, at_least=1)
LOGIN_WINDOW = env.number("LOGIN_WINDOW", 15 * 60, at_least=1)

# Verifications on the public page, per IP address.
VERIFY_PER_MINUTE = env.number("VERIFY_PER_MINUTE", 20, at_least=1)

# Forms of the pages for clients and dead links, per IP address. A mobile operator has one address
# for many subscribers.
SIGNING_PER_MINUTE = env.number("SIGNING_PER_MINUTE", 600)

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
# Without collectstatic (the default) files are served from their sources.
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
# How many proxies in front of us add to X-Forwarded-For. 0: the header is not trusted.
PROXY_COUNT = env.number("PROXY_COUNT", 1 if HTTPS else 0)
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

# --- Mail and logs ---------------------------------------------------------------------------

EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25, at_least=1, at_most=65535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "E-Contract <noreply@localhost>")
# The hour of the daily e-mail, in the time zone of its recipient.
DIGEST_HOUR = env.number("DIGEST_HOUR", 8, at_most=23)

LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"])
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "econtract.platform.common.request_id.RequestIdFilter"},
        "client_errors": {"()": "econtract.platform.common.log_filters.ClientErrorFilter"},
        "tokens": {"()": "econtract.platform.common.log_filters.SigningTokenFilter"},
    },
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request_id", "client_errors", "tokens"],
        },
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # httpx would log query strings with client data; our own log lines have none. The PDF
    # libraries log a dozen lines for every page.
    "loggers": {
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "weasyprint": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "pikepdf": {"level": "WARNING"},
        # Celery logs several lines for every job, some every two seconds.
        "celery": {"level": "WARNING"},
    },
}
