"""A film that everybody in the room sees in step."""
