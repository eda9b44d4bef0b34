"""The newest messages, as every process that has the room open knows them."""

from collections import deque
from dataclasses import dataclass, field

from engagement.chat import saying
from engagement.chat.messages import ChatDeleted, ChatMessage, ChatSnapshot, Message
from rooms.features import Viewer
from rooms.room_state import Scene, fitting

KEPT = 50


@dataclass
class ChatState:
    messages: deque[Message] = field(default_factory=lambda: deque(maxlen=KEPT))
    has_earlier: bool = False


def load(scene: Scene, room_id: str) -> None:
    """From the journal, as it was at the state's number."""
    chat = scene.part(ChatState)
    newest = saying.messages_before(room_id, scene.seq + 1, limit=KEPT + 1)
    chat.has_earlier = len(newest) > KEPT
    chat.messages.extend(reversed(newest[:KEPT]))


def said(scene: Scene, event: ChatMessage) -> None:
    if event.deleted:
        return
    chat = scene.part(ChatState)
    chat.has_earlier = chat.has_earlier or len(chat.messages) == KEPT
    message = Message(
        id=event.id, sender=event.sender, text=event.text, at=event.at, client_id=event.client_id
    )
    chat.messages.append(message)


def deleted(scene: Scene, event: ChatDeleted) -> None:
    chat = scene.part(ChatState)
    kept = [message for message in chat.messages if message.id != event.message]
    chat.messages = deque(kept, maxlen=KEPT)
    scene.forget_frames()  # the text is among them


def snapshot(scene: Scene, viewer: Viewer, bytes_left: int) -> ChatSnapshot:
    """The newest messages that fit."""
    chat = scene.part(ChatState)
    hidden = scene.hidden_up_to(is_attendee=viewer.is_attendee)
    visible = [message for message in chat.messages if message.id > hidden]
    shown = fitting(visible[::-1], bytes_left)[::-1]
    has_all_kept = len(shown) == len(chat.messages)
    return ChatSnapshot(
        messages=shown, earlier=len(shown) < len(visible) or (chat.has_earlier and has_all_kept)
    )
