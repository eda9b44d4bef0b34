"""The ASGI application: pages and API by Django in bounded threads, live rooms by Channels."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webinar_service.settings")
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402 - Django must be set up first

from rooms.routing import websocket_urlpatterns  # noqa: E402
from webinar_service import capacity  # noqa: E402
from webinar_service.web.pages import Pages  # noqa: E402

sys.setswitchinterval(capacity.SWITCH_INTERVAL)
# The consumer checks Origin: it refuses pages of other sites, but not programs, which send none.
application = ProtocolTypeRouter({"http": Pages(), "websocket": URLRouter(websocket_urlpatterns)})
