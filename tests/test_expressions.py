"""Every regular expression of the product is linear in its input, whatever the input is.

The expressions are found in the syntax trees of all modules, so that new ones are tested too.
"""

import ast
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.product_modules import APPS

ROOT = Path(__file__).parent.parent
OF_RE = {"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}
TAKES_A_PATTERN = {"RegexValidator": 0, "RegexField": 0, "re_path": 0}
SHORT, FACTOR = 2_000, 4
BRIEF, FAR_TOO_LONG = (
    24,
    0.2,
)  # characters, seconds: exponential expressions never finish on SHORT inputs
# Quadratic ones take 16 times as long for four times the input; short runs are rounded up to the timer's resolution.
MOST_GROWTH, LEAST_SECONDS = 8.0, 0.004
PIECES = [
    " ",
    "\t",
    "\n",
    "a",
    "Z",
    "0",
    "-",
    "_",
    ".",
    ":",
    "/",
    "<",
    ">",
    "&",
    "@",
    '"',
    "(",
    "[",
    "{\\",
    "é",
    "\x00",
    "\u2028",
]
PIECES += [
    "<v ",
    "<v",
    "</",
    "&amp",
    "&#",
    "a ",
    "a.",
    "a@",
    "0:",
    "00:00",
    "1,",
    "<a",
    "a<",
    "--> ",
    "\r\n",
    "(a",
    "bytes=",
    "//",
]


def expressions() -> Iterator[tuple[str, str]]:
    """(place, expression) of each in the product's code."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            for node in ast.walk(tree := ast.parse(path.read_text())):
                if (written := pattern_in(node)) is not None:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", value_of(written, tree, path)  # type: ignore[attr-defined]


def pattern_in(node: ast.AST) -> ast.expr | None:
    if not isinstance(node, ast.Call):
        return None
    for keyword in node.keywords:
        if keyword.arg in {"pattern", "regex"}:
            return keyword.value
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    is_of_re = (
        isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and name in OF_RE
    )
    return (
        node.args[TAKES_A_PATTERN.get(name, 0)]
        if (is_of_re or name in TAKES_A_PATTERN) and node.args
        else None
    )


def value_of(written: ast.expr, tree: ast.Module, path: Path) -> str:
    """Literals, and concatenations of module constants, also of constants from another module of ours."""
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    imported = {
        alias.name: node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }

    def literal(part: ast.expr) -> str:
        match part:
            case ast.Constant(value=str(text)):
                return text
            case ast.Constant(value=bytes(octets)):
                return octets.decode("latin-1")
            case ast.JoinedStr(values=values):
                return "".join(literal(value) for value in values)
            case ast.FormattedValue(value=value):
                return literal(value)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return literal(left) + literal(right)
            case ast.Name(id=name) if name in constants:
                return literal(constants[name])
            case ast.Name(id=name) if name in imported:
                source = ROOT / f"{imported[name].replace('.', '/')}.py"
                return value_of(part, ast.parse(source.read_text()), source)
        raise AssertionError(f"{path}:{part.lineno}: write this expression so that it can be read here")

    return literal(written)


FOUND = dict(expressions())


def hostile(expression: str) -> Iterator[tuple[str, str]]:
    """A prefix and a piece to repeat: also the literal beginnings of the expression."""
    beginnings = {"", *re.findall(r"[A-Za-z<&/=:]{1,12}", re.sub(r"\\.|\[[^\]]*\]", " ", expression))}
    for begin in sorted(beginnings):
        for piece in PIECES:
            yield begin, piece


def seconds_of(compiled: re.Pattern[str], text: str) -> float:
    began = time.thread_time()
    compiled.match(text)
    compiled.fullmatch(text)
    sum(1 for _found in compiled.finditer(text))
    return time.thread_time() - began


def grows_too_fast(expression: str) -> str:
    """The hostile input that takes too long; empty when none does."""
    compiled = re.compile(expression)
    for begin, piece in hostile(expression):
        for end in ("", "!"):
            if seconds_of(compiled, begin + piece * (BRIEF // len(piece)) + end) > FAR_TOO_LONG:
                return f"{begin!r} + {piece!r} * n + {end!r}, exponentially"
            short = begin + piece * (SHORT // len(piece)) + end
            long = begin + piece * (FACTOR * SHORT // len(piece)) + end
            if seconds_of(compiled, long) <= LEAST_SECONDS * FACTOR:
                continue
            once = max(LEAST_SECONDS, min(seconds_of(compiled, short) for _again in range(3)))
            if min(seconds_of(compiled, long) for _again in range(3)) > once * MOST_GROWTH:
                return f"{begin!r} + {piece!r} * n + {end!r}"
    return ""


def test_the_walk_finds_expressions_in_all_the_ways_they_are_written() -> None:
    places = {place.split(":")[0] for place in FOUND}
    assert {"companies/text.py", "recordings/captions/words.py", "rooms/messages.py"} <= places
    assert all(isinstance(expression, str) for expression in FOUND.values())


@pytest.mark.parametrize("place", FOUND)
def test_no_input_takes_an_expression_more_than_its_length(place: str) -> None:
    assert grows_too_fast(FOUND[place]) == ""


@pytest.mark.parametrize(
    "expression",
    [
        r"^<v(?:\.[^\s>]*)?\s+([^>]+)>",  # this one once stopped a web process
        r"^(?P<name>[^<>]*?)\s*<(?P<address>[^<>\s]+)>\s*$",
        r"(a+)+$",
        r"\s+$",
    ],
)
def test_the_measure_tells_an_expression_that_is_not_linear(expression: str) -> None:
    assert grows_too_fast(expression)
