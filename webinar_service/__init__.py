"""The Django project: settings, URLs, the ASGI application and the Celery application."""

import gc

# Loading makes half a million objects that stay, over which the collector would go again and again: a quarter of the
# time of a start. `ProjectConfig.ready` lets it begin.
gc.disable()

from webinar_service.celery import app as celery_app  # noqa: E402 - what it loads counts most

__all__ = ["celery_app"]
