"""The Celery application: workers send email and process recordings."""

import os

from celery import Celery
from celery.signals import setup_logging
from django_structlog.celery.steps import DjangoStructLogInitStep

from webinar_service.broker import use_our_transports

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webinar_service.settings")
use_our_transports()
app = Celery("webinar_service")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# A task logs the id of the request that started it.
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def keep_our_logging(**_kwargs: object) -> None:
    """Keeps Celery from replacing the logging that Django has configured."""
