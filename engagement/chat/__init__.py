"""Chat: what people write to everybody in the room."""
