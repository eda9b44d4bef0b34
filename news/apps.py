"""News and its archive."""

from django.apps import AppConfig


class NewsConfig(AppConfig):
    name = "news"
