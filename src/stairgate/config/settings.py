"""Django settings, read from the data folder and a few environment variables. See docs/hosting.md."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog
from csp.constants import NONE, SELF

from stairgate.config.accounts import *  # noqa: F403 - settings are read by name
from stairgate.config.home import HomeTrouble, locate, subkey
from stairgate.config.mail import mail_settings

HOME = locate()
SOURCE = Path(__file__).resolve().parent.parent

DEBUG = False
DEMO = os.environ.get("STAIRGATE_DEMO") == "1"
SECRET_KEY = HOME.key("session").hex()
FIELD_KEY = HOME.key("fields")
REGISTER_KEY = subkey(FIELD_KEY, "register")
FETCHING_KEY = subkey(FIELD_KEY, "fetching")
LEDGER_KEY = HOME.key("ledger")
NAMES_KEY = HOME.key("names")

BASE_URL = os.environ.get("STAIRGATE_URL", "http://localhost:8765").rstrip("/")
_base = urlsplit(BASE_URL)
SECURE = _base.scheme == "https"
MAIL = mail_settings(os.environ, demo=DEMO, host=_base.hostname or "localhost")
ALLOWED_HOSTS = [_base.hostname or "127.0.0.1", *(["localhost", "127.0.0.1"] if not SECURE else [])]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

#: the practice network beside the demo, which takes the place of Facebook; nobody types where Facebook is
PRACTICE_URL = os.environ.get("STAIRGATE_PRACTICE_URL", "").rstrip("/")
FACEBOOK_URL = PRACTICE_URL or "https://graph.facebook.com"
FACEBOOK_DIALOG_URL = PRACTICE_URL or "https://www.facebook.com"

INSTALLED_APPS = [
    "stairgate.web",  # first, so that its sign-in pages come before allauth's
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "stairgate.ledger",
    "stairgate.organisations",
    "stairgate.people",
    "stairgate.policies",
    "stairgate.channels",
    "stairgate.publishing",
    "stairgate.monitoring",
    "stairgate.assurance",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "stairgate.web.middleware.MembershipMiddleware",
]

ROOT_URLCONF = "stairgate.config.urls"
WSGI_APPLICATION = "stairgate.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "stairgate.web.context.shell",
            ],
            "builtins": ["stairgate.web.templatetags.ui", "stairgate.web.templatetags.live"],
        },
    }
]


def database() -> dict[str, object]:
    url = os.environ.get("STAIRGATE_DATABASE_URL", "")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HOME.database,
            "ATOMIC_REQUESTS": False,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": database()}


def doorbell() -> list[str]:
    """Return the app whose tables wake workers, which are only in PostgreSQL. Raises `HomeTrouble` without it."""
    if not os.environ.get("STAIRGATE_DATABASE_URL"):
        return []
    if find_spec("procrastinate") is None:
        raise HomeTrouble(
            "STAIRGATE_DATABASE_URL names a PostgreSQL, but the part that wakes workers there is not installed. "
            "Run: pip install 'stairgate[postgres]'. Nothing was changed."
        )
    return ["procrastinate.contrib.django"]


INSTALLED_APPS += doorbell()
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""  # its only task is the worker's own
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "organisations.User"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "stairgate_cache"},
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = None  # served from the rooms themselves: nothing is collected


def picture_storage() -> dict[str, object]:
    """Return where pictures are kept: a private bucket when one is named, else the data folder.

    Raises `HomeTrouble` when the part that speaks to buckets is not installed.
    """
    bucket = os.environ.get("STAIRGATE_S3_BUCKET", "")
    if bucket:
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": bucket_options(bucket)}
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": HOME.media,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    }


def bucket_options(bucket: str) -> dict[str, object]:
    """Return how a bucket is spoken to. Who we are there comes from the ``AWS_…`` environment variables."""
    try:
        from botocore.config import Config
    except ImportError:
        raise HomeTrouble(
            "STAIRGATE_S3_BUCKET names a bucket for pictures, but the part that speaks to it is not installed. "
            "Run: pip install 'stairgate[s3]'. Nothing was changed."
        ) from None
    # The path style is the one that every maker of such a store understands. The gate reads pictures while it
    # holds a lock, so a store that does not answer is given up soon.
    config = Config(
        s3={"addressing_style": "path"}, connect_timeout=5, read_timeout=10, retries={"max_attempts": 2}
    )
    return {
        "bucket_name": bucket,
        "endpoint_url": os.environ.get("STAIRGATE_S3_ENDPOINT") or None,
        "default_acl": "private",
        "file_overwrite": False,  # what was approved is never replaced
        "client_config": config,
    }


STORAGES = {
    "default": picture_storage(),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "stairgate.web.passwords.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "stairgate.web.passwords.NotCommon"},
    {"NAME": "stairgate.web.passwords.NotAboutThem"},
]
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = 12 * 60 * 60
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "stairgate.web.uploads.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Delivery: a lease outlives every time-out of a client; a page is given this long to show what it accepted.
DELIVERY_LEASE_SECONDS = int(os.environ.get("STAIRGATE_LEASE_SECONDS", "120"))
DELIVERY_SETTLE_SECONDS = int(os.environ.get("STAIRGATE_SETTLE_SECONDS", "60"))
# Monitoring: how often an account is read when no doorbell rings (seconds).
MONITORING_POLL_SECONDS = int(os.environ.get("STAIRGATE_POLL_SECONDS", "60"))

# A page that broke leaves its cause where Stairgate was started: never in an e-mail, as Django alone would do.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"host": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["host"], "level": "ERROR", "propagate": False}},
}

# What structlog does by itself, but for tracebacks: with `rich` installed it would print the values of variables,
# and those are tokens, children's names and what people wrote.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.StackInfoRenderer(),
        structlog.dev.set_exc_info,
        structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False),
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)
