"""The project as a Django app: its management commands and checks."""

import gc

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "webinar_service"

    def ready(self) -> None:
        from webinar_service import checks  # noqa: F401 - registers the checks

        # What is loaded stays: no collection needs to look at it, and processes that are forked go on sharing it.
        gc.freeze()
        gc.enable()
        # With Python's thresholds each fifth part of what a room of thousands of people needs has all of it looked at.
        gc.set_threshold(5_000, 10, 20)
