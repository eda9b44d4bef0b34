"""Imports all modules of the product, for tests that walk its classes regardless of what ran before."""

import pkgutil
from importlib import import_module

from tools.translations import PACKAGES as APPS

__all__ = ["APPS", "import_all"]
RUN_ONLY = {"webinar_service.asgi", "webinar_service.settings"}


def import_all() -> None:
    for app in APPS:
        for module in pkgutil.walk_packages(import_module(app).__path__, f"{app}."):
            if ".migrations" not in module.name and module.name not in RUN_ONLY:
                import_module(module.name)
