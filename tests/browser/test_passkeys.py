"""A passkey is made, and signs in afterwards, with the browser's own virtual authenticator (WebAuthn, section 11)."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import make_person, sign_in
from tests.stack import Stack

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_signs_in_where_a_code_did_before(stack: Stack, visitor: Callable[..., Page]) -> None:
    make_person(stack, "keys@example.org", "Key Holder", company="Key Holder AB")
    # A passkey belongs to a name, and an address in numbers is none.
    page = visitor(address=stack.url.replace("127.0.0.1", "localhost"))
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    sign_in(stack, page, "keys@example.org")
    page.goto("/account/2fa/webauthn/add/")
    page.locator("#id_name").fill("My laptop")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"^(?!.*webauthn/add)"))
    page.goto("/account/2fa/webauthn/")
    expect(page.get_by_text("My laptop").first).to_be_visible()
    page.goto("/account/logout/")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"^(?!.*logout)"))
    page.goto("/account/login/")
    page.locator("form[data-passkey] button").click()
    page.wait_for_url(re.compile(r"^(?!.*login)"))
    page.goto("/profile/")
    expect(page.locator("[name=name]")).to_have_value("Key Holder")
