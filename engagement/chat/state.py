"""The newest messages in the room's state."""

from collections import deque
from dataclasses import dataclass, field

from engagement.chat import saying
from engagement.chat.messages import ChatDeleted, ChatMessage, ChatSnapshot, Message
from rooms.features import Viewer
from rooms.room_state import RoomState, fitting

KEPT = 50  # messages


@dataclass
class ChatState:
    messages: deque[Message] = field(default_factory=lambda: deque(maxlen=KEPT))
    has_earlier: bool = False


def load(state: RoomState, room_id: str) -> None:
    """From the journal, up to the state's number."""
    chat = state.feature_state(ChatState)
    newest = saying.messages_before(room_id, state.seq + 1, limit=KEPT + 1)
    chat.has_earlier = len(newest) > KEPT
    chat.messages.extend(reversed(newest[:KEPT]))


def add_message(state: RoomState, event: ChatMessage) -> None:
    if event.deleted:
        return
    chat = state.feature_state(ChatState)
    chat.has_earlier = chat.has_earlier or len(chat.messages) == KEPT
    message = Message(
        id=event.id, sender=event.sender, text=event.text, at=event.at, client_id=event.client_id
    )
    chat.messages.append(message)


def remove_message(state: RoomState, event: ChatDeleted) -> None:
    chat = state.feature_state(ChatState)
    kept = [message for message in chat.messages if message.id != event.message]
    chat.messages = deque(kept, maxlen=KEPT)
    state.clear_frames()  # the erased text is in them


def snapshot(state: RoomState, viewer: Viewer, bytes_left: int) -> ChatSnapshot:
    """The newest messages that fit and are visible to the viewer."""
    chat = state.feature_state(ChatState)
    hidden = state.hidden_up_to(is_attendee=viewer.is_attendee)
    visible = [message for message in chat.messages if message.id > hidden]
    shown = fitting(visible[::-1], bytes_left)[::-1]
    has_all_kept = len(shown) == len(chat.messages)
    return ChatSnapshot(
        messages=shown, earlier=len(shown) < len(visible) or (chat.has_earlier and has_all_kept)
    )
