"""All settings, read once from the environment; `.env.example` explains each variable."""

import os
import secrets
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from celery.schedules import crontab, schedule
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from webinar_service import environment

django_stubs_ext.monkeypatch()  # makes generic Django classes such as ModelAdmin[Meeting] subscriptable

BASE_DIR = Path(__file__).resolve().parent.parent
if (BASE_DIR / ".env").exists():
    environ.Env.read_env(str(BASE_DIR / ".env"))
env = environment.read_or_exit(os.environ)
environment.trust_authorities(env.TLS_CA_FILE)

# ---- what is run, and where its data lies ----------------------------------------------------------------

DEBUG = env.DEBUG
DEMO = env.DEMO
DATA_DIR = env.DATA_DIR
HOST = env.HOST
PORT = env.PORT
SITE_URL = env.SITE_URL
SITE_NAME = env.SITE_NAME
SITE_HOST = urlsplit(SITE_URL).hostname or "localhost"
HTTPS = SITE_URL.startswith("https://")


def _own_secret_key() -> str:
    """Generated once and kept in DATA_DIR, so that a trial needs no configuration."""
    kept = DATA_DIR / "secret_key"
    if not kept.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(50))
    return kept.read_text().strip()


def _own_vapid_key() -> str:
    """Kept in DATA_DIR by `serve` as one command; else there is none, and no push."""
    kept = DATA_DIR / "vapid_key"
    return kept.read_text().strip() if kept.exists() else ""


SECRET_KEY_IS_GENERATED = not env.SECRET_KEY
SECRET_KEY = env.SECRET_KEY or _own_secret_key()
SECRET_KEY_FALLBACKS = env.SECRET_KEY_FALLBACKS
# Always includes this machine's own names, which health checks of containers and proxies use.
ALLOWED_HOSTS = [*dict.fromkeys([SITE_HOST, *env.ALLOWED_HOSTS, "127.0.0.1", "localhost", "[::1]"])]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# ---- applications ----------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "api",
    "companies",
    "rooms",
    "engagement",
    "meetings",
    "recordings",
    "attendance",
    "projects",
    "matchmaking",
    "notifications",
    "news",
    "portal",
    "webinar_service",
    "channels",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "django_structlog",
    "django_vite",
    "ninja",
]

MIDDLEWARE = [
    "webinar_service.methods.MethodMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "webinar_service.compression.PageCompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "companies.middleware.ReaderMiddleware",
    "companies.middleware.without_nul",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
]

FORM_RENDERER = "companies.form_renderer.FormRenderer"
ROOT_URLCONF = "webinar_service.urls"
ASGI_APPLICATION = "webinar_service.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "webinar_service.context.site",
            ],
        },
    }
]

# ---- database --------------------------------------------------------------------------------------------

DATABASES = {"default": environ.Env.db_url_config(env.DATABASE_URL or f"sqlite:///{DATA_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    # SELECT FOR UPDATE does nothing on SQLite: transactions begin IMMEDIATE instead, one at a time.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["ENGINE"] = "webinar_service.postgresql"
    # The threads that keep them are bounded (webinar_service/capacity.py), so the connections are too.
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A database that does not answer must not hold up the page that says so.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---- Redis: the bus between processes, the broker and the cache; all three work without it ----------------

REDIS_URL = env.REDIS_URL
if REDIS_URL:
    CACHES = {
        "default": {
            # Sign-in rate limits are counted here; while Redis is away each process counts for itself.
            "BACKEND": "webinar_service.cache.RedisWithMemoryFallback",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "webinar",
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(DATA_DIR / "cache"),
        }
    }
RATE_LIMITS = env.RATE_LIMITS

# ---- Celery: messages only wake a worker; what must be done is in the database ----------------------------

CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost/"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        # Without these two a Redis that hangs would block the web process in .delay() for ever.
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "visibility_timeout": 3600,
        "unacked_restore_throttle": 1,
        "retry_policy": {"timeout": 2.0},
    }
else:
    _QUEUE = DATA_DIR / "queue"
    for _folder in ("messages", "control"):
        (_QUEUE / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_QUEUE / "messages"),
        "data_folder_out": str(_QUEUE / "messages"),
        "control_folder": str(_QUEUE / "control"),
        "store_processed": False,
        "polling_interval": 0.5,
    }
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1}
# Tasks that take minutes have queues and workers of their own: email never waits for them, nor slides for speech.
CELERY_TASK_ROUTES = {
    "recordings.tasks.prepare_recording": {"queue": "media"},
    "recordings.tasks.transcribe_recording": {"queue": "speech"},
    "engagement.tasks.prepare_slides": {"queue": "media"},
    "projects.tasks.prepare_file": {"queue": "media"},
    "projects.tasks.make_export": {"queue": "media"},
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = 2  # processes of a worker, whatever the number of cores: each keeps a connection
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "send due notifications": {
        "task": "notifications.tasks.send_due",
        "schedule": schedule(2.0),
        "options": {"expires": 10},  # a late tick has been overtaken by later ones
    },
    "close presences of processes that died": {
        "task": "rooms.tasks.close_lost_presences",
        "schedule": schedule(10.0),
    },
    "look after recordings": {
        "task": "recordings.tasks.sweep_recordings",
        "schedule": schedule(15.0),
    },
    "look after slides": {"task": "engagement.tasks.sweep_slides", "schedule": schedule(15.0)},
    "send lost confirmations again": {
        "task": "meetings.tasks.answer_confirmation_requests",
        "schedule": schedule(5.0),
        "options": {"expires": 10},
    },
    "move waitlists": {"task": "meetings.tasks.expire_offers", "schedule": schedule(30.0)},
    "remind of actions in projects": {
        "task": "projects.tasks.remind_of_due_actions",
        "schedule": schedule(60.0),
        "options": {"expires": 60},
    },
    "look after files and exports of projects": {
        "task": "projects.tasks.sweep_files",
        "schedule": schedule(15.0),
        "options": {"expires": 15},
    },
    "delete projects whose term is over": {
        "task": "projects.tasks.delete_due_projects",
        "schedule": schedule(300.0),
        "options": {"expires": 300},
    },
    "remind of date polls, and end them": {
        "task": "projects.tasks.take_due_steps_of_date_polls",
        "schedule": schedule(60.0),
        "options": {"expires": 60},
    },
    "end memberships in projects": {
        "task": "projects.tasks.end_due_memberships",
        "schedule": schedule(30.0),
        "options": {"expires": 30},
    },
    "end meetings that nobody ends": {
        "task": "meetings.tasks.end_due_meetings",
        "schedule": schedule(20.0),
        "options": {"expires": 20},
    },
    "remove what sessions have left": {
        "task": "companies.tasks.clear_sessions",
        "schedule": crontab(hour="3", minute="20"),
    },
    "delete what is older than its period": {
        "task": "companies.tasks.apply_retention",
        "schedule": crontab(hour="3", minute="40"),
    },
    "forget the addresses of erased accounts": {
        "task": "notifications.tasks.forget_last_addresses",
        "schedule": schedule(60.0),
        "options": {"expires": 60},
    },
    "plan weekly emails": {
        "task": "notifications.tasks.plan_digests",
        "schedule": schedule(60.0),
        "options": {"expires": 60},
    },
    "answer readiness": {"task": "webinar_service.tasks.heartbeat", "schedule": schedule(5.0)},
}

# ---- people ----------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "companies.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "notifications.sign_in_mail.AccountAdapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_SIGNUP_FORM_CLASS = "companies.forms.SignupForm"
ACCOUNT_FORMS = {
    "login": "companies.sign_in_forms.SignInForm",
    "signup": "companies.sign_in_forms.SignUpForm",
    "add_email": "companies.sign_in_forms.ChangeEmailForm",
}
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True  # one address for each person: for sign-in and for email
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = {} if RATE_LIMITS else False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

# ---- how long data of people is kept -----------------------------------------------------------------------

RETENTION_GUEST_MONTHS = env.RETENTION_GUEST_MONTHS
RETENTION_EMAIL_MONTHS = env.RETENTION_EMAIL_MONTHS
RETENTION_CHAT_MONTHS = env.RETENTION_CHAT_MONTHS
RETENTION_ATTENDANCE_YEARS = env.RETENTION_ATTENDANCE_YEARS

# ---- languages and zones ---------------------------------------------------------------------------------

ALL_LANGUAGES = {
    "en": _("English"),
    "sv": _("Swedish"),
    "pl": _("Polish"),
    "de": _("German"),
    "da": _("Danish"),
    "lt": _("Lithuanian"),
}
LANGUAGES = [(code, ALL_LANGUAGES[code]) for code in env.LANGUAGES]
LANGUAGE_CODE = LANGUAGES[0][0]
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "webinar_service.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_TIMEZONE = env.DEFAULT_TIMEZONE

# ---- files -----------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = env.STATIC_ROOT or BASE_DIR / "var" / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "frontend" / "dist", BASE_DIR / "frontend" / "static"]
STORAGE_URL = env.STORAGE_URL or f"file://{DATA_DIR / 'media'}"
MEDIA_ROOT = Path(urlsplit(STORAGE_URL).path)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "recordings": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "slides": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "resources": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "projects": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
# Vite names its files after their content, so they may be kept for ever.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+[.-][0-9a-zA-Z_-]{8}\..+$"
# In production the collected, compressed files; while developing, the sources.
WHITENOISE_USE_FINDERS = not any(STATIC_ROOT.iterdir())
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "manifest_path": BASE_DIR / "frontend" / "dist" / ".vite" / "manifest.json",
        "static_url_prefix": "",
    }
}
UPLOAD_MAX_BYTES = env.UPLOAD_MAX_BYTES
PROJECT_QUOTA_BYTES = env.PROJECT_QUOTA_BYTES
MIN_FREE_BYTES = env.MIN_FREE_BYTES
CLAMD_URL = env.CLAMD_URL
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
# On the disk: /tmp is in memory in many containers.
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "incoming"
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True)

# ---- mail ------------------------------------------------------------------------------------------------

EMAIL_URL = env.EMAIL_URL
EMAIL_FROM = env.EMAIL_FROM or f"{SITE_NAME} <no-reply@{SITE_HOST}>"
DEFAULT_FROM_EMAIL = EMAIL_FROM
# Who answers visitors. In the demo nobody does: what is written lands in its mailbox.
_DEMO_CONTACT = "secretariat@southern-baltic.example" if DEMO else ""
CONTACT_EMAIL_IS_SET = bool(env.CONTACT_EMAIL)
CONTACT_EMAIL = env.CONTACT_EMAIL or _DEMO_CONTACT or parseaddr(EMAIL_FROM)[1]
INBOUND_EMAIL_URL = env.INBOUND_EMAIL_URL
INBOUND_EMAIL_ADDRESS_IS_SET = bool(env.INBOUND_EMAIL_ADDRESS)
# Where calendar programs reply to and mail servers return what they cannot deliver; empty: replies are not read.
INBOUND_EMAIL_ADDRESS = ""
if INBOUND_EMAIL_URL:
    INBOUND_EMAIL_ADDRESS = (
        env.INBOUND_EMAIL_ADDRESS or f"replies@{parseaddr(EMAIL_FROM)[1].rpartition('@')[2]}"
    )
MAIL_DIR = DATA_DIR / "mail"

# ---- captions by a speech engine -------------------------------------------------------------------------

TRANSCRIPTION_URL = env.TRANSCRIPTION_URL
TRANSCRIPTION_KEY = env.TRANSCRIPTION_KEY
TRANSCRIPTION_MODEL = env.TRANSCRIPTION_MODEL

# ---- media -----------------------------------------------------------------------------------------------

MEDIA = env.MEDIA
LIVEKIT_URL = env.LIVEKIT_URL
LIVEKIT_API_URL = env.LIVEKIT_API_URL
LIVEKIT_API_KEY = env.LIVEKIT_API_KEY
LIVEKIT_API_SECRET = env.LIVEKIT_API_SECRET
LIVEKIT_NODE_IP = env.LIVEKIT_NODE_IP
if MEDIA == "sfu":
    CELERY_BEAT_SCHEDULE["put out whom the media server carries without right"] = {
        "task": "rooms.tasks.reconcile_media",
        "schedule": schedule(5.0),
        "options": {"expires": 5},
    }
TURN_URL = env.TURN_URL
TURN_SECRET = env.TURN_SECRET

# ---- security --------------------------------------------------------------------------------------------

SESSION_ENGINE = "companies.session_store"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "webinar_service.errors.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS
# LiveKit signs its webhooks, and may send them over plain HTTP within the containers' network.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^webhooks/livekit/$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
METRICS_ALLOWED = env.METRICS_ALLOWED
_SOCKETS = [SITE_URL.replace("http", "ws", 1)] + (
    [LIVEKIT_URL, LIVEKIT_URL.replace("ws", "http", 1)] if LIVEKIT_URL else []
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF, *_SOCKETS],
        "worker-src": [SELF, "blob:"],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# ---- push ------------------------------------------------------------------------------------------------

VAPID_PRIVATE_KEY = env.VAPID_PRIVATE_KEY or _own_vapid_key()
# Where browsers may ask us to send to, with all hosts below them: those of Chrome, Firefox, Edge and Safari. An address
# that anybody could choose would let them make this server send requests into its own network.
PUSH_SERVICES = [
    "https://fcm.googleapis.com",
    "https://push.services.mozilla.com",
    "https://notify.windows.com",
    "https://push.apple.com",
]

# ---- logs ------------------------------------------------------------------------------------------------

SENTRY_DSN = env.SENTRY_DSN
if SENTRY_DSN:
    import sentry_sdk

    sentry_sdk.init(dsn=SENTRY_DSN, send_default_pii=False)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
LOGGING_CONFIG = "webinar_service.logs.configure"
LOGGING = {"json": not DEMO if env.LOG_JSON is None else env.LOG_JSON, "level": env.LOG_LEVEL}
