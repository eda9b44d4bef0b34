"""Markdown of people's texts: what is shown, and that no text is expensive to render."""

import sys
from types import FrameType

import pytest

from companies.templatetags.page import as_html

LONG = 14_000  # characters
HOSTILE = (
    *(
        "[",
        "[*",
        "[[a]",
        "[a](",
        "[a][",
        "[]",
        "](",
        "[a]: /x\n",
        "![",
        "*",
        "*a\n",
        "**a ",
        "a**b",
        "*a _b ",
        "_",
    ),
    *(
        "`",
        "``a` ",
        "~~a ",
        "> ",
        ">\n>> ",
        "- a\n ",
        "1. ",
        "# a\n",
        "|a|b|\n|-|-|\n",
        "<",
        "<a ",
        "<http:",
        "&",
    ),
    *("\\", "\\[", "\n", "  \n", "\t", "===\n", "```\n", "a\u0301"),
)


def calls(text: str) -> int:
    """Work as a number of function calls: the same on every machine."""
    count = 0

    def counted(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    as_html.cache_clear()
    sys.setprofile(counted)
    try:
        as_html(text)
    finally:
        sys.setprofile(None)
    return count


def of_length(pattern: str, length: int) -> str:
    return (pattern * (length // len(pattern) + 1))[:length]


@pytest.mark.parametrize("pattern", HOSTILE)
def test_a_text_twice_as_long_is_twice_the_work_and_never_much(pattern: str) -> None:
    once, twice = calls(of_length(pattern, LONG // 2)), calls(of_length(pattern, LONG))
    assert twice < 2.6 * once + 1000
    assert twice < 60 * LONG


def test_a_text_is_made_into_html_once() -> None:
    text = of_length("Two *winters* of [measurements](https://example.org). ", LONG)
    calls(text)
    before = as_html.cache_info().hits
    assert as_html(text) == as_html(text)
    assert as_html.cache_info().hits == before + 2


def test_what_people_write_is_shown_as_they_mean_it() -> None:
    assert as_html("See [us](https://example.org).\n\n* **one**\n  * two") == (
        '<p>See <a href="https://example.org">us</a>.</p>\n'
        "<ul>\n<li><strong>one</strong>\n<ul>\n<li>two</li>\n</ul>\n</li>\n</ul>\n"
    )


def test_nothing_of_a_text_full_of_brackets_is_lost() -> None:
    assert as_html("[" * 14_000 + "*a*") == f"<p>{'[' * 14_000}<em>a</em></p>\n"


@pytest.mark.parametrize(
    "text", ["<script>1</script>", "[x](javascript:alert(1))", "![x](https://example.org/x)"]
)
def test_nothing_runs_and_nothing_is_fetched_from_elsewhere(text: str) -> None:
    html = as_html(text) + as_html("[" * 501 + text)
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert "<img" not in html
