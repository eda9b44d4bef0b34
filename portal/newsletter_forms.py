"""Forms of the newsletter: asking for it, and what the secretariat sends."""

import hashlib
import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.form_fields import LineField
from companies.forms import LanguageTextFormField, language_choices
from companies.ids import new_id
from companies.languages import LocalizedText, in_language
from news.models import Article, ArticleQuerySet
from notifications.newsletters import (
    LONGEST_INTRODUCTION,
    LONGEST_SUBJECT,
    MOST_ARTICLES,
    ArticleTexts,
    WrittenNewsletter,
)
from portal.form_trap import AddressForm

NEWEST = 30  # articles to choose from


class SubscribeForm(AddressForm):
    language = forms.ChoiceField(label=_("Language of the newsletter"), choices=language_choices)

    field_order = ("email", "language")


class _ArticlesField(forms.ModelMultipleChoiceField[Any]):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, article: Article) -> LocalizedText:  # type: ignore[override]  # templates mark it
        return in_language(article.title)


class NewsletterForm(forms.Form):
    """`articles` are published, the newest first; the newsletter has those chosen in that order."""

    subject = LanguageTextFormField(label=_("Subject"), max_length=LONGEST_SUBJECT)
    introduction = LanguageTextFormField(
        label=_("Introduction"),
        rows=5,
        required=False,
        max_length=LONGEST_INTRODUCTION,
        help_text=_(
            "Write the subject and introduction in each language your readers use. Anyone else gets the English "
            "version or, if there isn’t one, the first language you filled in, with a note that it isn’t translated."
        ),
    )
    articles = _ArticlesField(label=_("Articles"), queryset=Article.objects.none(), required=False)
    previewed = LineField(required=False, widget=forms.HiddenInput)
    key = forms.SlugField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, *args: Any, articles: ArticleQuerySet, **options: Any) -> None:
        super().__init__(*args, **options)
        newest = articles.order_by("-published_at", "-pk").values_list("pk", flat=True)[:NEWEST]
        self._articles = articles
        field: Any = self.fields["articles"]
        field.queryset = Article.objects.filter(pk__in=list(newest)).order_by("-published_at", "-pk")

    def clean_articles(self) -> list[Article]:
        chosen = list(self.cleaned_data["articles"])
        if len(chosen) > MOST_ARTICLES:
            raise forms.ValidationError(
                _("Choose at most %(most)d articles."), params={"most": MOST_ARTICLES}
            )
        return chosen

    def written(self) -> WrittenNewsletter:
        """Only when valid."""
        return WrittenNewsletter(
            subject=self.cleaned_data["subject"],
            introduction=self.cleaned_data["introduction"],
            articles=[
                ArticleTexts(title=one.title, summary=one.summary, path=one.get_absolute_url())
                for one in self.cleaned_data["articles"]
            ],
        )

    @property
    def fingerprint(self) -> str:
        """Of what a preview shows, texts of the articles included: the button below it sends exactly that."""
        written = self.written()
        shown = [
            written.subject,
            written.introduction,
            [[one.title, one.summary] for one in written.articles],
        ]
        shown.append([one.path for one in written.articles])
        return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:32]

    @property
    def is_previewed(self) -> bool:
        return bool(self.cleaned_data["key"]) and self.cleaned_data["previewed"] == self.fingerprint

    def as_previewed(self) -> "NewsletterForm":
        """The same entries, and the key of the newsletter that the button below the preview sends."""
        given = {name: self.cleaned_data[name] for name in ("subject", "introduction")}
        given["articles"] = [one.pk for one in self.cleaned_data["articles"]]
        marks = {"previewed": self.fingerprint, "key": new_id()}
        return NewsletterForm(initial={**given, **marks}, articles=self._articles)
