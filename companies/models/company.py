"""Companies, what they offer and what they need."""

from urllib.parse import urlsplit

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies import host_names
from companies.collation import sorted_by_name
from companies.languages import LanguageTextField, LocalizedText, in_language
from companies.model_fields import LineField, NameKeyField, WebAddressField
from companies.pictures import PictureField

LOGO_SIDE = 512  # pixels


class Country(models.TextChoices):
    SWEDEN = "SE", _("Sweden")
    DENMARK = "DK", _("Denmark")
    POLAND = "PL", _("Poland")
    GERMANY = "DE", _("Germany")
    LITHUANIA = "LT", _("Lithuania")
    OTHER = "XX", _("Other country")


def country_name(code: str) -> str:
    """In the reader's language; a code that is not listed is returned as it is."""
    return str(Country(code).label) if code in Country.values else code


def countries_by_name() -> list[tuple[str, str]]:
    """Sorted by name in the reader's language; “another country” is last."""
    named = [(value, str(label)) for value, label in Country.choices if value != Country.OTHER]
    return [*sorted_by_name(named, lambda pair: pair[1]), (Country.OTHER.value, str(Country.OTHER.label))]


class Size(models.TextChoices):
    MICRO = "1-9", _("1–9 employees")
    SMALL = "10-49", _("10–49 employees")
    MEDIUM = "50-249", _("50–249 employees")
    LARGE = "250+", _("250 or more employees")


class ColorTheme(models.TextChoices):
    SEA = "sea", _("Sea")
    MOSS = "moss", _("Moss")
    SLATE = "slate", _("Slate")
    CLAY = "clay", _("Clay")
    HEATHER = "heather", _("Heather")


class Topic(models.Model):
    """A field of work with a name in every language; shared by companies, needs, offers and meetings."""

    slug = models.SlugField(_("name in the web address"), unique=True)
    name = LanguageTextField(_("name"))

    class Meta:
        ordering = ["slug"]
        verbose_name = _("field of work")
        verbose_name_plural = _("fields of work")

    def __str__(self) -> str:
        return str(in_language(self.name))


class Company(models.Model):
    name = LineField(_("name"), max_length=120)
    name_key = NameKeyField(editable=False, db_index=True, max_length=240)
    slug = models.SlugField(_("name in the web address"), max_length=140, unique=True)
    country = models.CharField(_("country"), max_length=2, choices=Country.choices)
    city = LineField(_("town"), max_length=80, blank=True)
    website = WebAddressField(_("website"), blank=True)
    size = models.CharField(_("size"), max_length=8, choices=Size.choices, blank=True)
    summary = LanguageTextField(_("summary"), prose=True, blank=True, help_text=_("One or two sentences."))
    description = LanguageTextField(_("description"), prose=True, blank=True)
    topics = models.ManyToManyField(
        Topic, verbose_name=_("fields of work"), blank=True, related_name="companies"
    )
    logo = PictureField(_("logo"), upload_to="logos/", blank=True, side=LOGO_SIDE)
    color_theme = models.CharField(
        _("colour"),
        max_length=8,
        choices=ColorTheme.choices,
        default=ColorTheme.SEA,
        help_text=_("Background of the initials when there is no logo."),
    )
    is_listed = models.BooleanField(_("shown in the directory"), default=True)
    created_at = models.DateTimeField(_("created at"))
    updated_at = models.DateTimeField(_("last changed"))

    class Meta:
        ordering = ["name"]
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="company_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("company", args=[self.slug])

    @property
    def logo_address(self) -> str:
        return reverse("company_logo", args=[self.logo.name.removeprefix("logos/")]) if self.logo.name else ""

    @property
    def website_host(self) -> str:
        return host_names.readable(urlsplit(self.website).hostname or self.website)

    @property
    def initials(self) -> str:
        words = [word for word in self.name.split() if word[0].isalnum()]
        return "".join(word[0] for word in words[:2]).upper() or self.name[:1].upper()


class Listing(models.Model):
    """What a company offers or needs: one shape, so that they can be matched."""

    title = LanguageTextField(_("title"))
    details = LanguageTextField(_("details"), prose=True, blank=True)
    topics = models.ManyToManyField(Topic, verbose_name=_("fields of work"), blank=True, related_name="+")
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        abstract = True
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(in_language(self.title))

    @property
    def localized_title(self) -> LocalizedText:
        return in_language(self.title)


class Offer(Listing):
    company = models.ForeignKey(
        Company, verbose_name=_("company"), on_delete=models.CASCADE, related_name="offers"
    )

    class Meta(Listing.Meta):
        # Translators: what a company offers
        verbose_name = _("offer")
        # Translators: what companies offer
        verbose_name_plural = _("offers")


class Need(Listing):
    company = models.ForeignKey(
        Company, verbose_name=_("company"), on_delete=models.CASCADE, related_name="needs"
    )

    class Meta(Listing.Meta):
        # Translators: what a company needs
        verbose_name = _("need")
        # Translators: what companies need
        verbose_name_plural = _("needs")
