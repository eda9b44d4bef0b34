"""A company's logo: what people upload is read by Pillow and written anew, small, before anybody sees it."""

import hashlib
import io
import warnings
from typing import Any

from django.core.files import File
from PIL import Image, UnidentifiedImageError

LARGEST_FILE = 4 * 1024 * 1024
LARGEST_SIDE = 6000  # pixels as uploaded
SIDE = 512  # and as kept
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


class UnableToUseLogo(Exception):
    """Not a picture that we take; `code` is `too_large` or `not_a_picture`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def made_small(file: File[Any], size: int) -> bytes:
    """The picture as a WebP of at most 512 pixels a side, without anything else the file carried.

    Raises UnableToUseLogo. The size is looked at before the pixels are, so a small file of a huge picture does no harm.
    """
    if size > LARGEST_FILE:
        raise UnableToUseLogo("too_large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as picture:
                if max(picture.size) > LARGEST_SIDE:
                    raise UnableToUseLogo("too_large")
                small = picture.convert("RGBA")
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Warning,
    ) as error:
        raise UnableToUseLogo("not_a_picture") from error
    small.thumbnail((SIDE, SIDE))
    kept = io.BytesIO()
    small.save(kept, "WEBP", quality=90, method=4)
    return kept.getvalue()


def file_name(company_id: int, content: bytes) -> str:
    """Named after its content, so that a browser may keep it for good."""
    return f"{company_id}-{hashlib.sha256(content).hexdigest()[:12]}.webp"
