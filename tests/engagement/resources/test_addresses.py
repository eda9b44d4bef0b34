"""Links lead where they say."""

import pytest

from engagement.resources.addresses import BadAddress, readable_host, stored_address


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("https://Heat.Example.org/Map?a=1#b", "https://heat.example.org/Map?a=1#b"),
        ("heat.example.org", "https://heat.example.org"),
        ("HTTPS://heat.example.org:443/", "https://heat.example.org/"),
        ("https://heat.example.org:8443/x", "https://heat.example.org:8443/x"),
        ("https://värme.example/hamn ö?q=å", "https://xn--vrme-loa.example/hamn%20%C3%B6?q=%C3%A5"),
        ("https://heat.example.org/%20", "https://heat.example.org/%20"),
        (" https://heat.example.org/a\u202eb ", "https://heat.example.org/ab"),
    ],
)
def test_addresses_are_stored_in_ascii(typed: str, stored: str) -> None:
    assert stored_address(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "http://example.org",
            "ftp://example.org",
            "javascript://example.org/%0aalert(1)",
            "javascript:alert(1)",
        ),
        *(
            "data:text/html,x",
            "mailto:a@example.org",
            "https://bank.example@other.example/",
            "//",
            "https://",
        ),
        *("https://localhost/", "https://[::1]/", "https://exa mple.org", "https://example.org:99999/"),
        *("https://example.org\\@other.example/", "https://ex\u2044ample.org/", "https://a..b/", "", "   "),
        *(
            "https://" + "a" * 64 + "ä.example",
            "https://example.org/" + "x" * 800,
            "https://example.org/" + "ö" * 200,
        ),
    ],
)
def test_what_leads_elsewhere_or_nowhere_is_refused(typed: str) -> None:
    with pytest.raises(BadAddress):
        stored_address(typed)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("https://värme.example", "värme.example"),
        ("https://šiluma.ciepło.example", "šiluma.ciepło.example"),
        ("https://heat.example.org:8443/x", "heat.example.org"),
        ("https://раураl.example", "xn--l-7sba6dbr.example"),  # Cyrillic а, у, р
        ("https://аррӏе.example", "xn--80ak6aa92e.example"),  # Cyrillic throughout
        ("https://pаypal.example", "xn--pypal-4ve.example"),
        ("https://gооgle.värme.example", "xn--ggle-55da.värme.example"),
        ("https://adıdas.example", "xn--addas-o4a.example"),  # dotless i
        ("https://xn--a.example", "xn--a.example"),  # not the form of anything
    ],
)
def test_hosts_are_shown_as_people_read_them_unless_they_look_like_others(typed: str, shown: str) -> None:
    assert readable_host(stored_address(typed)) == shown
