"""The ASGI application: pages and API by Django, live rooms by Channels."""

import os
import warnings

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webinar_service.settings")
pages = get_asgi_application()
# Of styles and scripts, which are small and kept by browsers for good; recordings are read a block at a time.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402 - Django must be set up first

from meetings.routing import websocket_urlpatterns  # noqa: E402

# The consumer looks at Origin itself: a page of another site is refused, a program without one is not.
application = ProtocolTypeRouter({"http": pages, "websocket": URLRouter(websocket_urlpatterns)})
