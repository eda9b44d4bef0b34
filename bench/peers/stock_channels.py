"""Channels as in its documentation: AsyncJsonWebsocketConsumer, a group, the Redis layer."""

import os
from typing import Any

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["channels"],
    USE_TZ=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            # Without these two redis-py 8 closes idle sockets and stops at 100 connections.
            "CONFIG": {
                "hosts": [
                    {"address": os.environ["REDIS_URL"], "socket_timeout": None, "max_connections": 6000}
                ]
            },
        }
    },
)
django.setup()

from channels.generic.websocket import AsyncJsonWebsocketConsumer  # noqa: E402

from bench.peers.event import chat_message  # noqa: E402

ROOM = "room"


class Chat(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    async def connect(self) -> None:
        await self.accept()
        await self.channel_layer.group_add(ROOM, self.channel_name)
        await self.send_json({"ev": "welcome"})

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(ROOM, self.channel_name)

    async def receive_json(self, content: dict[str, Any]) -> None:
        if content["do"] == "chat.send":
            await self.channel_layer.group_send(
                ROOM, {"type": "chat.message", "event": chat_message(content["text"])}
            )

    async def chat_message(self, message: dict[str, Any]) -> None:
        await self.send_json(message["event"])


application = Chat.as_asgi()
