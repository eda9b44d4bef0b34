"""Logs as JSON lines (text on a terminal), each with the id of its request or task."""

import logging
import logging.config
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

from companies.secret_paths import ANYWHERE

# Paths that contain a secret are shortened: a log must not give access.
SECRET_ADDRESS = re.compile(r"(/(?:" + ANYWHERE + r")/)[^/\s]+")

# Without local variables, which contain addresses, codes and links.
TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)


def without_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str) and "/" in value:
            event[key] = SECRET_ADDRESS.sub(r"\1…", value)
    return event


# At INFO Celery logs several lines for each tick; tasks log what they did.
QUIET_WHILE_IDLE = (
    "celery.beat",
    "celery.worker.strategy",
    "celery.app.trace",
    "django_structlog.celery.receivers",
)
HEALTH_CHECKS = {"GET /healthz", "GET /readyz"}


class WithoutHealthChecks(logging.Filter):
    """Drops successful requests of health checks, which come every few seconds."""

    def filter(self, record: logging.LogRecord) -> bool:
        event = record.msg if isinstance(record.msg, dict) else {}
        return record.levelno > logging.INFO or event.get("request") not in HEALTH_CHECKS


class WithoutTraceOfRefusals(logging.Filter):
    """A refusal is worth a line; its traceback is not."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name == "django.request" and record.levelno < logging.ERROR:
            record.exc_info = None
        return True


def configure(options: dict[str, Any]) -> None:
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        without_secrets,
    ]
    as_json, level = bool(options.get("json", True)), options.get("level", "INFO")
    renderer: Any = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "line": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        *([TRACEBACKS] if as_json else []),
                        renderer,
                    ],
                }
            },
            "filters": {"refusals": {"()": WithoutTraceOfRefusals}, "health": {"()": WithoutHealthChecks}},
            "handlers": {
                "stderr": {
                    "class": "logging.StreamHandler",
                    "formatter": "line",
                    "filters": ["refusals", "health"],
                }
            },
            "loggers": {} if level == "DEBUG" else {name: {"level": "WARNING"} for name in QUIET_WHILE_IDLE},
            "root": {"handlers": ["stderr"], "level": level if as_json else "WARNING"},
        }
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
