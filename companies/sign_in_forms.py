"""Forms with an address in any spelling. Separate from forms.py, on which allauth's own forms are based."""

from typing import Any

from allauth.account.forms import AddEmailForm, LoginForm, SignupForm

from companies import email_addresses


class SignInForm(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["login"].validators = [email_addresses.check]

    def clean_login(self) -> str:
        return email_addresses.normalized(super().clean_login())


class SignUpForm(SignupForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].validators = [email_addresses.check]


class ChangeEmailForm(AddEmailForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].validators = [email_addresses.check]
