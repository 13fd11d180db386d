"""Settings of the sandbox site. Everything comes from the environment, with defaults for a demo.

ECONTRACT_DATA_DIR      parent folder of `sandbox/`: database and keys (default `<repo>/var`)
SANDBOX_PUBLIC_URL      base URL of the links sent to people (default: the host of the request)
SANDBOX_URL             base URL of the CRL and OCSP addresses in certificates (default: none)
SANDBOX_CRL_MINUTES     how long a revocation list is valid that is fetched (default 60)
SANDBOX_ALLOWED_HOSTS   host names, comma-separated (default: ALLOWED_HOSTS and the loopback)
SANDBOX_TOKEN           the only bearer token accepted (default: any token that is not empty)
SANDBOX_SIGNATURES      kind of new keys: `ecdsa`, or `gost` if libgcrypt is there (default `gost`)
SANDBOX_AUTOPILOT       `on` or `off` after set-up and reset (default `on`)
SANDBOX_AUTOPILOT_DELAY seconds before the autopilot answers (default 4)
"""

import os
import secrets
from pathlib import Path

from csp.constants import NONE, SELF

REPOSITORY = Path(__file__).resolve().parents[2]
DATA_DIR = Path(os.environ.get("ECONTRACT_DATA_DIR") or REPOSITORY / "var") / "sandbox"
CA_DIR = DATA_DIR / "ca"


def _read_list(name: str) -> list[str]:
    """A comma-separated environment variable as a list; empty when it is not set."""
    return [item.strip() for item in os.environ.get(name, "").split(",") if item.strip()]


def _load_secret_key() -> str:
    """The key stored beside the database, created on first use so that nobody must configure it."""
    path = DATA_DIR / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text()


DEBUG = False
SECRET_KEY = _load_secret_key()
ALLOWED_HOSTS = [
    *(_read_list("SANDBOX_ALLOWED_HOSTS") or _read_list("ALLOWED_HOSTS")),
    "localhost",
    "127.0.0.1",
    "[::1]",
]
ROOT_URLCONF = "econtract.sandbox.urls"
WSGI_APPLICATION = "econtract.sandbox.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "econtract.sandbox",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "econtract.sandbox.faults.FaultsMiddleware",
    "econtract.sandbox.autopilot.AutopilotMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "econtract.sandbox.pages.context.sandbox_state",
            ],
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "sandbox.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}
# There are no sessions: messages travel in a signed cookie. Cookie names differ from the product's,
# because both sites usually run on one host and browsers share cookies between ports.
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
CSRF_COOKIE_NAME = "sandbox_csrf"
CSRF_FAILURE_VIEW = "econtract.sandbox.pages.errors.csrf_failure"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "sandbox_session"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# The archives accept files of 70 MB, and base64 adds a third.
DATA_UPLOAD_MAX_MEMORY_SIZE = 100 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024

LANGUAGE_CODE = "ru"
TIME_ZONE = "Europe/Moscow"
USE_TZ = True
USE_I18N = True
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

SANDBOX_URL = os.environ.get("SANDBOX_URL", "").rstrip("/")
SANDBOX_CRL_MINUTES = float(os.environ.get("SANDBOX_CRL_MINUTES", "60"))
SANDBOX_PUBLIC_URL = os.environ.get("SANDBOX_PUBLIC_URL", "").rstrip("/")
SANDBOX_TOKEN = os.environ.get("SANDBOX_TOKEN", "")
SANDBOX_SIGNATURES = os.environ.get("SANDBOX_SIGNATURES", "gost")
SANDBOX_AUTOPILOT = os.environ.get("SANDBOX_AUTOPILOT", "on") != "off"
SANDBOX_AUTOPILOT_DELAY = float(os.environ.get("SANDBOX_AUTOPILOT_DELAY", "4"))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # A 4xx is a normal answer of a simulator; log only 5xx.
    "loggers": {"django.request": {"level": "ERROR"}},
}
