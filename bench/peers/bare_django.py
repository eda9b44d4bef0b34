"""A bare Django page under its own ASGI handler with psycopg's pool: one query, one small template, no middleware."""

import os

import environ
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

database = environ.Env.db_url_config(os.environ["DATABASE_URL"])
database["OPTIONS"] = {"pool": {"min_size": 2, "max_size": 10}}
settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": database},
    ROOT_URLCONF=__name__,
    SECRET_KEY="bench",
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
)
PAGE = (
    "<!doctype html><html><head><title>{{ title }}</title></head><body><h1>{{ title }}</h1>"
    "<ul>{% for row in rows %}<li>{{ row.0 }}: {{ row.1 }}</li>{% endfor %}</ul></body></html>"
)


def page(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT n, md5(n::text) FROM generate_series(1, 20) n")
        rows = cursor.fetchall()
    template = engines["django"].from_string(PAGE)
    response = HttpResponse(template.render({"title": "Bare", "rows": rows}, request))
    response["Content-Length"] = str(len(response.content))
    return response


urlpatterns = [path("", page)]
application = get_asgi_application()
