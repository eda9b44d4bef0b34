"""The project as a Django app: its management commands and checks."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "webinar_service"

    def ready(self) -> None:
        from webinar_service import checks  # noqa: F401 - registers the checks
