"""Chat with everybody in the room."""
