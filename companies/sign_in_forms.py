"""Signing in with an address in any of its spellings. Apart from the other forms: allauth's own are built on those."""

from allauth.account.forms import LoginForm

from companies import email_addresses


class SignInForm(LoginForm):  # type: ignore[misc]
    def clean_login(self) -> str:
        return email_addresses.normalized(super().clean_login())
