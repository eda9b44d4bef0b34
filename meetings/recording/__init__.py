"""Recordings: from the promise that there will be one to its last day. The state only moves forward.

expected → capturing → received → processing → ready → published → expired, or failed with a reason in words.
"""

from meetings.recording.arriving import folder_of, free_bytes, most_bytes, path_of, path_of_file
from meetings.recording.capturing import (
    UnableToRecord,
    begin_capture,
    finish_abandoned_captures,
    finish_capture,
)
from meetings.recording.expecting import expect_recordings, mark_overdue
from meetings.recording.preparing import CLAIM, fail, prepare, waiting_for_a_worker
from meetings.recording.publishing import (
    UPLOAD_KEPT,
    Description,
    UnableToPublish,
    describe,
    expire,
    keep_captions,
    publish,
)
from meetings.recording.states import UnableToAdvance, advance
from meetings.recording.uploading import (
    UnableToReceive,
    UnableToUpload,
    WrongOffset,
    abandon_upload,
    begin_upload,
    complete_upload,
    is_same_file,
    is_unfinished,
    may_replace,
    receive_part,
    unfinished_upload,
)

__all__ = [
    "CLAIM",
    "UPLOAD_KEPT",
    "Description",
    "UnableToAdvance",
    "UnableToPublish",
    "UnableToReceive",
    "UnableToRecord",
    "UnableToUpload",
    "WrongOffset",
    "abandon_upload",
    "advance",
    "begin_capture",
    "begin_upload",
    "complete_upload",
    "describe",
    "expect_recordings",
    "expire",
    "fail",
    "finish_abandoned_captures",
    "finish_capture",
    "folder_of",
    "free_bytes",
    "is_same_file",
    "is_unfinished",
    "keep_captions",
    "mark_overdue",
    "may_replace",
    "most_bytes",
    "path_of",
    "path_of_file",
    "prepare",
    "publish",
    "receive_part",
    "unfinished_upload",
    "waiting_for_a_worker",
]
