"""WebSocket paths of rooms."""

from typing import Any

from django.urls import URLPattern, path, re_path

from rooms.consumer import RoomConsumer


async def unknown_path(_scope: Any, receive: Any, send: Any) -> None:
    """Refused before the handshake."""
    await receive()
    await send({"type": "websocket.close"})


websocket_urlpatterns: list[URLPattern] = [
    path("ws/rooms/<slug:room_id>/", RoomConsumer.as_asgi()),
    re_path(r"", unknown_path),  # type: ignore[arg-type]
]
