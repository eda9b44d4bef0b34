"""Re-encodes pictures uploaded before the service did so on upload."""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db.models import Model

from companies.pictures import Picture, PictureField, UnableToUsePicture, reencoded


class Command(BaseCommand):
    help = (
        "Re-encodes uploaded pictures as upright sRGB WebP without metadata. Safe to run again. Unreadable files are "
        "reported and left unchanged."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        for model in apps.get_models():
            for field in model._meta.get_fields():
                if isinstance(field, PictureField):
                    self._rewrite(model, field)

    def _rewrite(self, model: type[Model], field: PictureField) -> None:
        done = 0
        for row in model._default_manager.exclude(**{field.name: ""}).iterator():
            file = getattr(row, field.name)
            if is_bare(file):
                continue
            try:
                picture = reencoded(file.open("rb"), side=field.side, ratio=field.ratio)
            except (UnableToUsePicture, FileNotFoundError) as problem:
                self.stderr.write(f"{model._meta.label} {row.pk}: {file.name}: {problem}")
                continue
            replace(row, field, picture)
            done += 1
        self.stdout.write(f"{model._meta.label}.{field.name}: {done} re-encoded")


def is_bare(file: Any) -> bool:
    """Named by a hash of its content, as only re-encoded pictures are."""
    try:
        with file.open("rb") as opened:
            return bool(Picture(opened.read()).name == file.name.rsplit("/", 1)[-1])
    except FileNotFoundError:
        return False


def replace(row: Model, field: PictureField, picture: Picture) -> None:
    """The new file is saved before the row changes, and the old one is deleted last."""
    file = getattr(row, field.name)
    old, storage = file.name, file.storage
    file.save(str(picture.name), picture, save=False)
    row.save(update_fields=[field.name])
    if file.name != old:
        storage.delete(old)
