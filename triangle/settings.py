"""One settings file: it runs as it stands on one machine; the environment makes it production.

Every variable has its line in `.env.example`; `triangle/production.py` refuses the weak ones.
"""

from datetime import timedelta
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from triangle import logs

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()

DEBUG = env.bool("DEBUG", default=True)
EXAMPLE_KEY = "example-key-for-development-only-never-for-production"
SECRET_KEY = env.str("SECRET_KEY", default=EXAMPLE_KEY if DEBUG else "")
LINK_KEY = env.str("LINK_KEY", default=EXAMPLE_KEY if DEBUG else "")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"] if DEBUG else []
)
PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL", default="http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]

COMPANY_NAME = env.str("COMPANY_NAME", default="Mieux Ici")
COMPANY_ADDRESS = env.str(
    "COMPANY_ADDRESS", default="Mieux Ici SAS, 12 rue des Tanneurs, 69009 Lyon"
)

INSTALLED_APPS = [
    "triangle.apps.TriangleConfig",
    "clients.apps.ClientsConfig",
    "partners.apps.PartnersConfig",
    "feedback.apps.FeedbackConfig",
    "indicators.apps.IndicatorsConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.forms",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "anymail",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "django_tables2",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
    "knox",
    "rest_framework",
    "simple_history",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "triangle.middleware.PrivacyHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
]

ROOT_URLCONF = "triangle.urls"
# No WSGI_APPLICATION: triangle.wsgi is production's own door, runserver and tests use Django's.

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
                "triangle.context.frame",
            ],
        },
    },
]
# Functions of the request that fill the frame (triangle.frame.Facts), asked only by whole pages.
FRAME_PROVIDERS = ["indicators.badges.tell_frame", "indicators.freshness.tell_frame"]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Database

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR}/triangle.sqlite3")}
DATABASE = DATABASES["default"]
if DATABASE["ENGINE"].endswith("sqlite3"):
    VAR_DIR.mkdir(exist_ok=True)
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,  # seconds a writer waits for another
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    DATABASE["CONN_MAX_AGE"] = None  # opening the file at each request costs three of four posts
    DATABASE["TEST"] = {"NAME": env.str("TEST_DB", default=str(VAR_DIR / "test.sqlite3"))}
else:
    DATABASE["CONN_MAX_AGE"] = 60
    DATABASE["CONN_HEALTH_CHECKS"] = True
    DATABASE["OPTIONS"] = {
        "connect_timeout": 5,  # seconds
        # Milliseconds. Readings are short: compiling them, or calling helpers, would take longer.
        "options": "-c statement_timeout=30000 -c lock_timeout=10000 -c jit=off"
        " -c max_parallel_workers_per_gather=0",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}
if "redis" in CACHES["default"]["BACKEND"]:
    CACHES["default"]["OPTIONS"] = {"socket_connect_timeout": 1, "socket_timeout": 1}  # seconds

# Accounts

AUTH_USER_MODEL = "triangle.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "triangle.accounts.ClosedSignup"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PRESERVE_USERNAME_CASING = False
SESSION_COOKIE_AGE = 14 * 24 * 3600  # seconds
NUM_PROXIES = env.int("NUM_PROXIES", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = NUM_PROXIES

# Language and time

LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="en")
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "triangle" / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Paris")
USE_TZ = True
FORMAT_MODULE_PATH = ["triangle.formats"]

# Static files

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
MEDIA_ROOT = VAR_DIR / "media"
if env.bool("MANIFEST_STATIC", default=False):
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # bytes
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # bytes, without files

# Mail

MAILBOX_DIR = VAR_DIR / "mailbox"
if "EMAIL_URL" in env:
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(MAILBOX_DIR)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=20)  # seconds
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="avis@mieux-ici.example")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
ANYMAIL: dict[str, object] = {
    # A provider that cannot switch tracking off for one mail has it switched off in its console.
    "IGNORE_UNSUPPORTED_FEATURES": True,
}
if "ANYMAIL_WEBHOOK_SECRET" in env:
    ANYMAIL["WEBHOOK_SECRET"] = env.str("ANYMAIL_WEBHOOK_SECRET")  # user:password

# Jobs

CELERY_BROKER_URL = env.str("REDIS_URL", default="memory://")
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300  # seconds
LONG_TASK_TIME_LIMIT = 3_600  # seconds
LONG_TASKS = ("count", "reconcile", "run_jobs")  # may read all facts
CELERY_TASK_ANNOTATIONS = {
    f"indicators.tasks.{name}": {"time_limit": LONG_TASK_TIME_LIMIT} for name in LONG_TASKS
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_STORE_ERRORS_EVEN_IF_IGNORED = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker as long as it takes
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"polling_interval": 0.1}  # seconds
    if CELERY_BROKER_URL == "memory://"
    else {
        "visibility_timeout": 900,  # seconds
        "socket_timeout": 10,
        "socket_connect_timeout": 2,
        "unacked_restore_throttle": 1,
    }
)
CELERY_TASK_DEFAULT_QUEUE = "indicators"
CELERY_TASK_ROUTES = {
    "feedback.tasks.run_imports": {"queue": "imports"},
    "feedback.tasks.label": {"queue": "indicators"},  # no mail waits for a relabelling
    "feedback.tasks.*": {"queue": "mail"},
    "indicators.tasks.*": {"queue": "indicators"},
    "triangle.tasks.*": {"queue": "indicators"},
}
# A look at nothing costs 2 ms; polling a broker in memory costs more than that.
COUNT_EVERY_SECONDS = 1.0 if CELERY_BROKER_URL == "memory://" else 0.1
CELERY_BEAT_SCHEDULE = {
    "invite": {"task": "feedback.tasks.invite", "schedule": 5.0},  # every five seconds
    "send": {"task": "feedback.tasks.send", "schedule": 2.0},  # every two seconds
    "expire": {"task": "feedback.tasks.expire", "schedule": 60.0},  # every minute
    "label": {"task": "feedback.tasks.label", "schedule": 5.0},  # every five seconds
    "imports": {"task": "feedback.tasks.run_imports", "schedule": 2.0},  # every two seconds
    "count": {"task": "indicators.tasks.count", "schedule": COUNT_EVERY_SECONDS},
    "mail_views": {"task": "indicators.tasks.mail_views", "schedule": 60.0},  # every minute
    "heartbeat": {"task": "triangle.tasks.heartbeat", "schedule": 15.0},  # every 15 seconds
    "reconcile": {
        "task": "indicators.tasks.reconcile",
        "schedule": crontab(hour="3", minute="10"),  # every night at 03:10
    },
    "close_months": {
        "task": "indicators.tasks.close_months",
        "schedule": crontab(hour="3", minute="20"),  # every night at 03:20
    },
    "raise_alerts": {
        "task": "indicators.tasks.raise_alerts",
        "schedule": crontab(hour="3", minute="30"),  # every night at 03:30
    },
    "mail_alerts": {"task": "indicators.tasks.mail_alerts", "schedule": 300.0},  # every 5 minutes
    "run_jobs": {"task": "indicators.tasks.run_jobs", "schedule": 3.0},  # every three seconds
    "journal_zones": {
        "task": "indicators.tasks.journal_zones",
        "schedule": crontab(hour="3", minute="50"),  # every night at 03:50
    },
}
for _line in CELERY_BEAT_SCHEDULE.values():
    if isinstance(_line["schedule"], float):
        # A tick nobody took is worthless once the next one is there.
        _line["options"] = {"expires": max(10.0, _line["schedule"])}
# In memory: what is due is a row, so beat has nothing to remember over a restart.
CELERY_BEAT_SCHEDULER = "celery.beat.Scheduler"

# API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["triangle.api.authentication.ApiToken"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["triangle.api.parsing.StrictJSON"],
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "triangle.api.errors.answer",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "600/min"},
    "NUM_PROXIES": NUM_PROXIES,
}
KNOX_TOKEN_MODEL = "knox.AuthToken"  # noqa: S105 - a model
REST_KNOX = {"TOKEN_TTL": timedelta(days=90), "TOKEN_PREFIX": "tri_"}
SPECTACULAR_SETTINGS = {
    "TITLE": "Triangle",
    "DESCRIPTION": "The back office that keeps quality while a service marketplace grows.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True},
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "ENUM_NAME_OVERRIDES": {
        "CancelledBy": "partners.models.CancelledBy",
        "ClientKind": "clients.models.Client.Kind",
        "InterventionStatus": "partners.models.Status",
        "PartnerKind": "partners.models.Partner.Kind",
        "PartnerStatus": "partners.models.Partner.Status",
    },
}
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True

# Security

CSP = {
    "default-src": [SELF],
    "script-src": [SELF, NONCE],
    "style-src": [SELF],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "object-src": [NONE],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": CSP}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "triangle.views.csrf_failure"
if not DEBUG:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if NUM_PROXIES else None
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    LANGUAGE_COOKIE_NAME = "__Host-language"

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Logs

LOGGING = logs.configuration(production=not DEBUG)
logs.configure_structlog()
DJANGO_STRUCTLOG_CELERY_ENABLED = False
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False

# What the product decides

INVITATION_DELAY_HOURS = 2  # from the end of an intervention to the mail
INVITATION_WINDOW_DAYS = 14  # an older intervention is history: nobody is asked about it
INVITATION_EXPIRES_DAYS = 14
HOLIDAYS_COUNTRY = "FR"  # no mail on its public holidays; empty for none
REVISION_DAYS = 7  # how long a client may change an answer
RELEASE_DAYS = 14  # from completion on, client and partner may see what the other said
ANSWERS_MINIMUM = 5  # answers without a name that a partner sees at once, of as many clients
DELIVERY_LEASE_SECONDS = env.int("DELIVERY_LEASE_SECONDS", default=60)
DELIVERY_MAX_ATTEMPTS = 5
PARTNER_MINIMUM_ANSWERS = 8
STALE_AFTER_SECONDS = 240  # without a heartbeat, pages say that figures are not refreshed
