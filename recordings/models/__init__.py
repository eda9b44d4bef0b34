"""Recordings, their files, chapters, captions and uploads; films chosen for a meeting."""

from recordings.models.premiere import PremiereFilm
from recordings.models.recording import Chapter, Recording, RecordingFile, Upload

__all__ = ["Chapter", "PremiereFilm", "Recording", "RecordingFile", "Upload"]
