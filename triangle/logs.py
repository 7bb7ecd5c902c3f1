"""Logs: readable lines at home, one JSON object a line in production, personal links in neither."""

from __future__ import annotations

import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# Links of clients, opt-outs, partners, shared views, short codes: a log must not open them.
TOKEN = re.compile(r"/([rupqv])/[\w-]{4,}")
BEFORE: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
]


def mask(text: str) -> str:
    return TOKEN.sub(r"/\1/…", text)


def _mask_line(_logger: WrappedLogger, _method: str, line: str | EventDict) -> str:
    """The last processor: it sees the rendered line, tracebacks included."""
    return mask(str(line))


def configuration(*, production: bool) -> dict[str, Any]:
    """What Django hands to `logging`; requests are logged in production only."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": BEFORE,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    _renderer(production),
                    _mask_line,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "INFO" if production else "WARNING"},
        "loggers": {
            # One line for each request comes from django_structlog.
            "django.request": {"level": "CRITICAL" if production else "ERROR"},
            "django_structlog": {"level": "INFO" if production else "CRITICAL"},
            "kombu": {"level": "ERROR"},  # warns that memory:// names no host
            "celery.beat": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
        },
    }


def _renderer(production: bool) -> Processor:
    if production:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=False)


def configure_structlog() -> None:
    structlog.configure(
        processors=[
            *BEFORE,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
