"""Uploaded pictures: decoded by Pillow and re-encoded, upright and without metadata."""

import hashlib
import io
import warnings
from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.core.files import File
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.db.models.fields.files import ImageFieldFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

LARGEST_FILE = 4 * 1024 * 1024
LARGEST_SIDE = 6000  # pixels as uploaded
# No SVG, which can contain scripts; of an animation the first frame is kept.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")

PROBLEMS = {
    "too_large": _("This picture is too large. Use at most 4 MB and 6,000 pixels per side."),
    "not_a_picture": _("We cannot read this file as a picture. Use PNG, JPEG, WebP or GIF."),
}


class UnableToUsePicture(Exception):
    """Not a supported picture; `code` is `too_large` or `not_a_picture`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Picture(ContentFile[bytes]):
    """A re-encoded picture. Its name is a hash of its content, so that browsers may cache it forever."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content, f"{hashlib.sha256(content).hexdigest()[:16]}.webp")


def reencoded(
    file: File[Any], *, side: int, ratio: float | None = None, largest: int = LARGEST_FILE
) -> Picture:
    """A WebP of at most `side` pixels, rotated by its EXIF orientation, in sRGB, without metadata.

    With `ratio`, width by height, only the largest centred part of that shape. Raises UnableToUsePicture. Dimensions
    are checked before decoding, so that a decompression bomb does no harm.
    """
    if (file.size or 0) > largest:
        raise UnableToUsePicture("too_large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            file.seek(0)
            with Image.open(file, formats=FORMATS) as picture:
                if max(picture.size) > LARGEST_SIDE:
                    raise UnableToUsePicture("too_large")
                return Picture(_as_webp(picture, side, ratio))
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Warning,
    ) as error:
        raise UnableToUsePicture("not_a_picture") from error


def _as_webp(picture: Image.Image, side: int, ratio: float | None) -> bytes:
    upright = _in_srgb(ImageOps.exif_transpose(picture)).convert("RGBA")
    if ratio is not None:
        upright = _cropped(upright, ratio)
    upright.thumbnail((side, side))
    bare = Image.new("RGBA", upright.size)
    bare.paste(upright)  # pixels only: Pillow would write other data of the file again
    kept = io.BytesIO()
    bare.save(kept, "WEBP", quality=90, method=4)
    return kept.getvalue()


def _cropped(picture: Image.Image, ratio: float) -> Image.Image:
    width, height = picture.size
    size = (min(width, max(1, round(height * ratio))), min(height, max(1, round(width / ratio))))
    return ImageOps.fit(picture, size)


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Converted to sRGB, which browsers assume without a profile; a broken profile is ignored."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in {"RGB", "RGBA", "L", "CMYK"}:
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        turned = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return turned or picture


class PictureFormField(forms.FileField):
    """Its cleaned value is the re-encoded picture."""

    def __init__(self, *, side: int, ratio: float | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.side, self.ratio = side, ratio

    def to_python(self, data: Any) -> Any:
        file = super().to_python(data)
        if file is None:
            return None
        try:
            return reencoded(file, side=self.side, ratio=self.ratio)
        except UnableToUsePicture as problem:
            raise forms.ValidationError(PROBLEMS[problem.code], code=problem.code) from problem


class PictureFile(ImageFieldFile):
    field: "PictureField"

    def save(self, name: str, content: File[Any], save: bool = True) -> None:  # noqa: FBT001 - Django's signature
        kept = content
        if not isinstance(content, Picture):
            kept = reencoded(content, side=self.field.side, ratio=self.field.ratio)
        super().save(str(kept.name), kept, save=False)
        if self.field.small_side:
            kept.seek(0)
            self.storage.save(small_name(str(self.name)), reencoded(kept, side=self.field.small_side))
        if save:
            self.instance.save()


def small_name(name: str) -> str:
    """The name in the storage of the small copy of a picture."""
    path = PurePosixPath(name)
    return str(path.parent / "small" / path.name)


class PictureField(models.ImageField):
    """Re-encodes every file that it is given. Raises UnableToUsePicture where no form has validated it."""

    attr_class = PictureFile

    def __init__(
        self,
        *args: Any,
        side: int = 1600,
        ratio: float | None = None,
        small_side: int | None = None,
        **kwargs: Any,
    ) -> None:
        """With `small_side`, a copy of that size is kept beside it for lists."""
        super().__init__(*args, **kwargs)
        self.side, self.ratio, self.small_side = side, ratio, small_side

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ImageField", args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        given = {"form_class": PictureFormField, "side": self.side, "ratio": self.ratio, **kwargs}
        return models.FileField.formfield(self, **given)


def replace_picture(row: models.Model, name: str, picture: Picture | None) -> None:
    """Sets the picture of a locked row, without saving the row; None removes it.

    The old file is deleted after the commit, unless another row shows it, too.
    """
    old = getattr(row, name)
    setattr(row, name, "")
    if picture is not None:
        getattr(row, name).save(str(picture.name), picture, save=False)
    if old.name and old.name != getattr(row, name).name:
        transaction.on_commit(lambda: delete_unused(type(row), name, str(old.name)))


def delete_unused(model: type[models.Model], name: str, file_name: str) -> None:
    """Deletes the file and its small copy, unless a row still has it."""
    if model._default_manager.filter(**{name: file_name}).exists():
        return
    storage = model._meta.get_field(name).storage  # type: ignore[union-attr]
    storage.delete(file_name)
    storage.delete(small_name(file_name))
