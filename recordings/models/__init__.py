"""Recordings, their files, chapters, captions and uploads."""

from recordings.models.recording import Chapter, Recording, RecordingFile, Upload

__all__ = ["Chapter", "Recording", "RecordingFile", "Upload"]
