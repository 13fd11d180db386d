"""Settings of the sandbox site. Everything comes from the environment, with defaults for a demo.

ECONTRACT_DATA_DIR      where `sandbox/` with database and keys lives (default `<repo>/var`)
SANDBOX_PUBLIC_URL      address people open, for links (default: as the caller addressed us)
SANDBOX_ALLOWED_HOSTS   host names, comma-separated (default: ALLOWED_HOSTS and the loopback)
SANDBOX_TOKEN           the one bearer token taken (default: any that is not empty)
SANDBOX_AUTOPILOT       `on` or `off` after set-up and reset (default `on`)
SANDBOX_AUTOPILOT_DELAY seconds before the autopilot acts (default 4)
"""

import os
import secrets
from pathlib import Path

from csp.constants import NONE, SELF

REPOSITORY = Path(__file__).resolve().parents[2]
DATA_DIR = Path(os.environ.get("ECONTRACT_DATA_DIR") or REPOSITORY / "var") / "sandbox"
CA_DIR = DATA_DIR / "ca"


def _list(name: str) -> list[str]:
    """A comma-separated variable as a list, empty when unset."""
    return [item.strip() for item in os.environ.get(name, "").split(",") if item.strip()]


def _secret_key() -> str:
    """The key kept beside the database, made on first use: the sandbox needs no configuration."""
    path = DATA_DIR / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text()


DEBUG = False
SECRET_KEY = _secret_key()
ALLOWED_HOSTS = [
    *(_list("SANDBOX_ALLOWED_HOSTS") or _list("ALLOWED_HOSTS")),
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
                "econtract.sandbox.pages.context.world",
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
# No sessions here: page notices travel in a signed cookie. Cookie names differ from the product's,
# for both sites usually share one host and cookies know no port.
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

# An archive takes files of 70 MB; base64 makes a third more of them.
DATA_UPLOAD_MAX_MEMORY_SIZE = 100 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024

LANGUAGE_CODE = "ru"
TIME_ZONE = "Europe/Moscow"
USE_TZ = True
USE_I18N = True
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

SANDBOX_PUBLIC_URL = os.environ.get("SANDBOX_PUBLIC_URL", "").rstrip("/")
SANDBOX_TOKEN = os.environ.get("SANDBOX_TOKEN", "")
SANDBOX_AUTOPILOT = os.environ.get("SANDBOX_AUTOPILOT", "on") != "off"
SANDBOX_AUTOPILOT_DELAY = float(os.environ.get("SANDBOX_AUTOPILOT_DELAY", "4"))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # A refusal is an answer, not an incident: only 5xx deserve a line.
    "loggers": {"django.request": {"level": "ERROR"}},
}
