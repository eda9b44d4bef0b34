"""URLs under /account/ that override allauth's: the one-time link, and no password pages."""

from django.urls import URLPattern, URLResolver, path, re_path
from django.views.generic import RedirectView

from companies.views import sessions, signing_in

to_sign_in = RedirectView.as_view(pattern_name="account_login", query_string=True)
to_security = RedirectView.as_view(pattern_name="mfa_index")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="profile"), name="account"),
    path("link/<str:token>/", signing_in.sign_in_link, name="sign_in_link"),
    # Overrides allauth's session list, which shows less and cannot end the current session.
    path("sessions/", sessions.sessions_page, name="sessions"),
    # allauth has two pages that ask for the address and send a code; one is enough.
    path("login/code/", to_sign_in, name="no_second_sign_in"),
    path("password/change/", to_security, name="no_password_change"),
    path("password/set/", to_security, name="no_password_set"),
    re_path(r"^password/", to_sign_in, name="no_password"),
]
