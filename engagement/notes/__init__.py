"""Notes that several people write at once: a document of each meeting, and a lasting one of a project room."""
