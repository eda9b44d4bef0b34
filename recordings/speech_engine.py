"""A speech engine writes captions of a finished recording. None unless the operator has set one up.

The interface is one function; the adapter speaks the API of OpenAI's `/v1/audio/transcriptions`, as servers do that an
operator runs: speaches, whisper.cpp, LocalAI.
"""

import http.client
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from django.conf import settings

from recordings import captions

BLOCK = 256 * 1024
MOST_BYTES = 8 * 1024 * 1024  # of an answer: twenty hours of speech
SECONDS = 3600.0  # without a byte: servers answer when all of it is done
_FOR_LATER = {408, 425, 429, 500, 502, 503, 504}


class EngineAway(Exception):
    """It does not answer, or not now: another attempt may succeed."""


class UnableToTranscribe(Exception):
    """It will not do so for this file either later."""


class SpeechEngine(Protocol):
    def transcribe(self, source: Path, *, content_type: str, language: str) -> list[captions.Cue]:
        """Cues by time; none when nothing is said. Raises EngineAway, UnableToTranscribe."""
        ...


def engine() -> SpeechEngine | None:
    """None where the operator has set up none."""
    if not settings.TRANSCRIPTION_URL:
        return None
    return HttpEngine(settings.TRANSCRIPTION_URL, settings.TRANSCRIPTION_KEY, settings.TRANSCRIPTION_MODEL)


class HttpEngine:
    """A server with the API of OpenAI's transcriptions, asked for WebVTT."""

    def __init__(self, url: str, key: str, model: str) -> None:
        self.url = url.rstrip("/").removesuffix("/v1") + "/v1/audio/transcriptions"
        self.key, self.model = key, model

    def transcribe(self, source: Path, *, content_type: str, language: str) -> list[captions.Cue]:
        fields = {"model": self.model, "language": language, "response_format": "vtt"}
        raw = self._post(source, content_type, fields)
        try:
            return captions.read(raw, language=language).cues
        except captions.NotCaptions as error:
            if raw.decode(errors="replace").strip() in {"", "WEBVTT"}:
                return []
            raise UnableToTranscribe("the answer is no WebVTT") from error

    def _post(self, source: Path, content_type: str, fields: dict[str, str]) -> bytes:
        boundary = secrets.token_hex(16)
        before = _head(boundary, fields, f"recording{source.suffix}", content_type)
        after = f"\r\n--{boundary}--\r\n".encode()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(len(before) + source.stat().st_size + len(after)),
            "Accept": "text/vtt, text/plain",
        }
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        request = Request(self.url, _body(before, source, after), headers)  # noqa: S310 - http or https: a validator asks
        try:
            with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                raw: bytes = answer.read(MOST_BYTES + 1)
        except HTTPError as error:
            with error:
                if error.code in _FOR_LATER:
                    raise EngineAway(f"status {error.code}") from error
                raise UnableToTranscribe(f"status {error.code}") from error
        except (URLError, http.client.HTTPException, OSError) as error:
            raise EngineAway(type(error).__name__) from error
        if len(raw) > MOST_BYTES:
            raise UnableToTranscribe("the answer is too long")
        return raw


def _head(boundary: str, fields: dict[str, str], filename: str, content_type: str) -> bytes:
    """Everything before the file (RFC 7578). None of the values comes from people."""
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
        if value
    ]
    parts.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n'
        f"Content-Type: {content_type}\r\n\r\n"
    )
    return "".join(parts).encode()


def _body(before: bytes, source: Path, after: bytes) -> Iterator[bytes]:
    yield before
    with source.open("rb") as file:
        while block := file.read(BLOCK):
            yield block
    yield after
