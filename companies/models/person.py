"""A person: signs in, receives email, attends. A guest is a person who has never signed in."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies import email_addresses
from companies.ids import new_secret
from companies.model_fields import EmailAddressField, LineField
from companies.models.company import Company
from companies.pictures import PictureField

PICTURE_SIDE = 512  # pixels

# Apps that the administration does not show.
OWN_TO_EACH = frozenset({"account", "auth", "mfa", "usersessions"})


class SiteRole(models.TextChoices):
    SECRETARIAT = "secretariat", _("secretariat")
    COMPANY_ADMIN = "company_admin", _("company admin")
    MEMBER = "member", _("member")
    GUEST = "guest", _("guest")


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        person = self.model(email=email_addresses.normalized(email), **fields)
        if password:
            person.set_password(password)
        else:
            person.set_unusable_password()
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        return self.create_user(email, password, is_secretariat=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=username or "")


def default_timezone() -> str:
    return str(settings.DEFAULT_TIMEZONE)


class Person(AbstractBaseUser):
    email = EmailAddressField(_("email address"), unique=True)
    name = LineField(pgettext_lazy("of a person", "name"), max_length=120, blank=True)
    title = LineField(_("job title"), max_length=120, blank=True)
    picture = PictureField(_("picture"), upload_to="people/", blank=True, side=PICTURE_SIDE, ratio=1)
    language = models.CharField(_("language for pages and emails"), max_length=5, default="en")
    timezone = models.CharField(_("time zone"), max_length=64, default=default_timezone)
    country = models.CharField(_("country"), max_length=2, blank=True)
    company = models.ForeignKey(
        Company,
        verbose_name=_("company"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="people",
    )
    is_company_admin = models.BooleanField(
        _("company admin"),
        default=False,
        help_text=_("Can edit the company’s page and add or remove its people."),
    )
    is_secretariat = models.BooleanField(
        _("secretariat"),
        default=False,
        help_text=_("Can plan and moderate meetings and use this administration."),
    )
    is_active = models.BooleanField(
        _("account is active"),
        default=True,
        help_text=_("Untick this box to close the account. Nothing is deleted."),
    )
    calendar_key = models.CharField(max_length=64, unique=True, default=new_secret)
    wants_reminders = models.BooleanField(_("gets reminders"), default=True)
    wants_follow_ups = models.BooleanField(_("gets emails after meetings"), default=True)
    wants_digest = models.BooleanField(_("gets the weekly email"), default=False)
    wants_newsletter = models.BooleanField(_("gets the newsletter"), default=False)
    has_quiet_hours = models.BooleanField(_("gets only urgent emails at night"), default=False)
    newsletter_off_at = models.DateTimeField(
        _("newsletter turned off at"),
        null=True,
        blank=True,
        editable=False,
        help_text="of a guest: the period after which their data is deleted begins again",
    )
    kept_as_guest_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="since then the secretariat does not ask itself to which company the person belongs",
    )
    created_at = models.DateTimeField(_("created at"), db_default=Now(), editable=False)
    erased_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="the row is kept for others' history alone: it has no name and no address",
    )

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        ordering = ["name", "email"]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_person_per_address"),
            models.CheckConstraint(
                condition=models.Q(is_company_admin=False) | models.Q(company__isnull=False),
                name="company_admin_has_a_company",
            ),
            models.CheckConstraint(
                condition=models.Q(erased_at__isnull=True) | models.Q(is_active=False, name="", title=""),
                name="an_erased_person_has_no_name",
            ),
        ]
        indexes = [
            # For the periodic task: people who never signed in and belong to no company.
            models.Index(
                fields=["created_at"],
                condition=models.Q(erased_at__isnull=True, last_login__isnull=True, company__isnull=True),
                name="person_guest_by_age",
            ),
        ]

    def __str__(self) -> str:
        return self.public_name or self.email

    @property
    def public_name(self) -> str:
        """Empty without a name: the address is not shown. An erased account is called so in the reader's language."""
        return str(_("Deleted account")) if self.erased_at else self.name

    @property
    def known_email(self) -> str:
        """Empty for an erased account, whose column holds a stand-in."""
        return "" if self.erased_at else self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email.split("@")[0]

    @property
    def has_account(self) -> bool:
        """Signed in once, or belongs to a company: others are known by their address alone."""
        return self.last_login is not None or self.company_id is not None

    @property
    def site_role(self) -> SiteRole:
        if self.is_secretariat:
            return SiteRole.SECRETARIAT
        if self.company_id is None:
            return SiteRole.GUEST
        return SiteRole.COMPANY_ADMIN if self.is_company_admin else SiteRole.MEMBER

    @property
    def initials(self) -> str:
        if self.erased_at:
            return "–"
        return "".join(word[0] for word in self.name.split()[:2]).upper() or self.email[:1].upper()

    @property
    def picture_address(self) -> str:
        """Empty without a picture, and of somebody whose account is closed."""
        if not (self.picture.name and self.is_active):
            return ""
        return reverse("person_picture", args=[self.picture.name.removeprefix("people/")])

    @property
    def color_theme(self) -> str:
        return ("sea", "moss", "slate", "clay", "heather")[(self.pk or 0) % 5]

    # The secretariat may use all of Django's admin but groups, which nothing reads, and sign-in data: addresses,
    # passkeys, authenticator secrets and sessions belong to each person.
    @property
    def is_staff(self) -> bool:
        return self.is_secretariat

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.has_module_perms(perm.split(".", maxsplit=1)[0])

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_secretariat and app_label not in OWN_TO_EACH
