"""Published pictures: upright, small, without metadata."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import models
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageCms

from companies.models import Company
from companies.pictures import PictureField, PictureFormField, UnableToUsePicture, reencoded
from news.models import Article
from tests import factories
from tests.product_modules import import_all

ORIENTATION, MAKER, PLACE = 0x0112, 0x010F, 0x8825


def picture_file(
    *, size: tuple[int, int] = (60, 40), kind: str = "JPEG", **options: Any
) -> ContentFile[bytes]:
    """Left half red, right half blue; rotated by EXIF, with a place and a camera."""
    drawn = Image.new("RGB", size, "blue")
    drawn.paste("red", (0, 0, size[0] // 2, size[1]))
    about = drawn.getexif()
    about[ORIENTATION], about[MAKER] = 6, "Kamera AB"
    about.get_ifd(PLACE)[2] = (56.0, 39.0, 0.0)
    file = io.BytesIO()
    drawn.save(file, kind, **({"exif": about} | options))
    return ContentFile(file.getvalue(), "photo.jpg")


def test_a_picture_is_upright_and_has_no_metadata() -> None:
    sent = picture_file()
    assert Image.open(sent).getexif()[MAKER] == "Kamera AB"
    kept = Image.open(reencoded(sent, side=512))
    assert (kept.format, kept.size) == ("WEBP", (40, 60))
    red, _green, blue, _alpha = kept.convert("RGBA").getpixel((20, 5))  # type: ignore[misc]
    assert red > 200 > 60 > blue
    assert not dict(kept.getexif())
    assert not {"exif", "icc_profile", "xmp", "comment"} & set(kept.info)


def test_colours_of_another_profile_are_those_of_a_screen() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    kept = Image.open(reencoded(picture_file(icc_profile=lab), side=512))
    assert "icc_profile" not in kept.info
    broken = Image.open(reencoded(picture_file(icc_profile=b"no profile"), side=512))
    assert broken.size == (40, 60)


def test_of_a_picture_that_moves_the_first_one_is_kept() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    kept = Image.open(reencoded(ContentFile(file.getvalue()), side=512))
    assert getattr(kept, "n_frames", 1) == 1
    assert kept.convert("RGB").getpixel((4, 4))[0] > 200  # type: ignore[index]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "not_a_picture"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "not_a_picture"),
        (b"x" * (4 * 1024 * 1024 + 1), "too_large"),
    ],
)
def test_what_is_no_picture_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(UnableToUsePicture) as refused:
        reencoded(ContentFile(content), side=512)
    assert refused.value.code == code


def test_a_small_file_of_a_huge_picture_is_refused_before_it_is_read() -> None:
    huge = picture_file(size=(6001, 10), kind="PNG")
    with pytest.raises(UnableToUsePicture, match="too_large"):
        reencoded(huge, side=512)


def picture_fields() -> list[models.Field[Any, Any]]:
    return [
        field
        for label in (
            "api",
            "companies",
            "rooms",
            "meetings",
            "recordings",
            "projects",
            "notifications",
            "news",
        )
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ImageField)
    ]


def test_every_picture_of_every_table_is_reencoded() -> None:
    assert {str(field) for field in picture_fields()} == {
        "companies.Company.logo",
        "companies.Person.picture",
        "meetings.Meeting.cover",
        "meetings.Programme.picture",
        "news.Article.picture",
    }
    assert all(isinstance(field, PictureField) for field in picture_fields())


@pytest.mark.django_db
@pytest.mark.parametrize("row", [factories.company, factories.article])
def test_a_picture_is_reencoded_however_it_is_uploaded(row: Any, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    made = row()
    name = "logo" if isinstance(made, Company) else "picture"
    setattr(made, name, picture_file())
    made.save()
    first = getattr(made, name).open("rb").read()
    getattr(made, name).save("again.jpg", picture_file())
    for content in (first, getattr(made, name).open("rb").read()):
        kept = Image.open(io.BytesIO(content))
        assert (kept.format, kept.size, dict(kept.getexif())) == ("WEBP", (40, 60), {})


@pytest.mark.django_db
def test_a_picture_of_an_article_is_uploaded_in_the_administration(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    article = factories.article()
    client.force_login(factories.secretariat())
    form = {"title_en": "Heat", "slug": article.slug}

    def send(content: bytes) -> Any:
        upload = SimpleUploadedFile("photo.jpg", content, content_type="image/jpeg")
        return client.post(f"/admin/news/article/{article.pk}/change/", {**form, "picture": upload})

    refused = send(b"<svg/>")
    assert "We cannot read this file as a picture." in refused.content.decode()
    assert send(picture_file().read()).status_code == 302
    shown = client.get(Article.objects.get().picture_address)
    kept = Image.open(io.BytesIO(b"".join(shown)))  # type: ignore[arg-type]
    assert (kept.format, kept.size, dict(kept.getexif())) == ("WEBP", (40, 60), {})


# ---- every page that takes one ---------------------------------------------------------------------------


def send_logo(client: Client, sent: SimpleUploadedFile) -> Any:
    firm = factories.company()
    client.force_login(factories.company_admin(company=firm))
    data = {"name": firm.name, "country": "SE", "logo": sent}
    for prefix in ("offers", "needs"):
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    return client.post(reverse("edit_company", args=[firm.slug]), data)


def send_portrait(client: Client, sent: SimpleUploadedFile) -> Any:
    client.force_login(factories.member())
    return client.post(reverse("change_picture"), {"picture": sent})


def send_cover(client: Client, sent: SimpleUploadedFile) -> Any:
    meeting = factories.meeting()
    client.force_login(meeting.host)
    return client.post(reverse("cover", args=[meeting.pk]), {"cover": sent})


def send_programmes_picture(client: Client, sent: SimpleUploadedFile) -> Any:
    client.force_login(factories.secretariat())
    data = {"title_en": "Heat", "kind": "conference", "timezone": "Europe/Vilnius", "picture": sent}
    return client.post(reverse("new_programme"), data)


def send_articles_picture(client: Client, sent: SimpleUploadedFile) -> Any:
    article = factories.article()
    client.force_login(factories.secretariat())
    data = {"title_en": "Heat", "slug": article.slug, "picture": sent}
    return client.post(f"/admin/news/article/{article.pk}/change/", data)


def send_resource(client: Client, sent: SimpleUploadedFile) -> Any:
    meeting = factories.meeting()
    client.force_login(meeting.host)
    return client.post(reverse("resources", args=[meeting.pk]), {"what": "file", "file": sent})


FORMS = {
    "companies.company_forms.CompanyForm": send_logo,
    "companies.forms.PersonPictureForm": send_portrait,
    "meetings.hosting_forms.CoverForm": send_cover,
    "meetings.programme_forms.ProgrammeForm": send_programmes_picture,
    "news.admin": send_articles_picture,
    "portal.resource_forms.FileForm": send_resource,
}
# They take pictures in another way than by a field of a form.
OTHERWISE = {"news.admin", "portal.resource_forms.FileForm"}


def test_every_form_that_takes_a_picture_is_sent_here() -> None:
    import_all()
    taking = {
        f"{form.__module__}.{form.__qualname__}"
        for form in all_forms(forms.BaseForm)
        if any(isinstance(field, PictureFormField | forms.ImageField) for field in form.base_fields.values())
        and not issubclass(form, forms.BaseModelForm)
    }
    assert taking == set(FORMS) - OTHERWISE


def all_forms(form: type[Any]) -> Iterator[type[Any]]:
    for each in form.__subclasses__():
        if hasattr(each, "base_fields"):
            yield each
        yield from all_forms(each)


@pytest.mark.django_db
@pytest.mark.parametrize("send", FORMS.values(), ids=list(FORMS))
def test_no_page_keeps_where_and_by_what_a_picture_was_taken(
    client: Client, send: Callable[..., Any], settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    content = picture_file().read()
    assert b"Kamera AB" in content
    answer = send(client, SimpleUploadedFile("photo.jpg", content, content_type="image/jpeg"))
    assert answer.status_code == 302, answer.content
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written
    for path in written:
        assert b"Kamera AB" not in path.read_bytes()
        kept = Image.open(path)
        assert (kept.format, dict(kept.getexif())) == ("WEBP", {})
        red, _green, blue, _alpha = kept.convert("RGBA").getpixel((kept.width // 2, 1))  # type: ignore[misc]
        assert red > 200 > 60 > blue, "the upper half is red once the picture is upright"


@pytest.mark.django_db
def test_earlier_pictures_are_reencoded_once(settings: Any, tmp_path: Path, capsys: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    article = factories.article()
    old = default_storage.save("news/photo.jpg", picture_file())
    Article.objects.filter(pk=article.pk).update(picture=old)
    call_command("rewrite_pictures")
    assert "news.Article.picture: 1 re-encoded" in capsys.readouterr().out
    kept = Article.objects.get().picture
    assert kept.name != old
    assert not default_storage.exists(old)
    assert not dict(Image.open(kept.open("rb")).getexif())
    call_command("rewrite_pictures")
    assert "news.Article.picture: 0 re-encoded" in capsys.readouterr().out
