"""URLs of rooms."""

from django.urls import URLPattern, path

from rooms import media_webhook
from rooms.views import tickets

urlpatterns: list[URLPattern] = [
    path("rooms/<slug:room_id>/ticket/", tickets.room_ticket, name="room_ticket"),
    path("webhooks/livekit/", media_webhook.livekit_webhook, name="livekit_webhook"),
]
