"""Sign-in by an address in any spelling. Separate from forms.py, on which allauth's own forms are based."""

from allauth.account.forms import LoginForm

from companies import email_addresses


class SignInForm(LoginForm):  # type: ignore[misc]
    def clean_login(self) -> str:
        return email_addresses.normalized(super().clean_login())
