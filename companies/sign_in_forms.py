"""Signing in with an address in any of its spellings. Apart from the other forms: allauth's own are built on those."""

from allauth.account.forms import LoginForm

from companies import addresses


class SignInForm(LoginForm):  # type: ignore[misc]
    def clean_login(self) -> str:
        return addresses.normal(super().clean_login())
