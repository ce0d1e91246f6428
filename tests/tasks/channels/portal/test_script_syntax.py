"""What the scripts of our pages ask of a browser: Chrome 70 and Safari 13 understand it."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import esprima
import pytest
from termpost.schemas.base.shipped import TEMPLATES
from termpost.schemas.settings.settings import load_settings
from termpost.tasks.channels.portal.door.door_page import door_page
from termpost.tasks.channels.portal.seal import SealedReport, seal
from termpost.tasks.secrets.access_codes import access_code

from tests.signed_receipts import wish_to

# what came to Chrome after 70 or to Safari after 13, and is easily written without a thought
LATER = frozenset({
    "DecompressionStream", "CompressionStream", "structuredClone", "globalThis", "queueMicrotask", "BigInt", "WeakRef",
    "ResizeObserver", "requestIdleCallback", "replaceAll", "matchAll", "replaceChildren", "fromEntries", "allSettled",
    "any", "hasOwn", "randomUUID", "requestSubmit", "dateStyle", "timeStyle", "findLast", "toSorted", "toReversed",
    "arrayBuffer", "stream", "showModal", "scrollend", "trimStart", "trimEnd", "flat", "flatMap", "description",
})  # fmt: skip
LATER_PATTERN = re.compile(r"\(\?<|\\p")
INDEXED = {"at"}  # as a method; the page has a function of this name


def page() -> str:
    code = access_code(b"k" * 32, "ref", 1)
    return seal(
        [SealedReport("x", b"x", b"x", "x")], code=code, recipient="r", delivery="d", school="s", language="en",
        query_until=date(2022, 1, 5), receipt=wish_to("https://school.example/receipts"),
    ).decode()  # fmt: skip


def scripts() -> list[str]:
    return re.findall(r"<script>(.*?)</script>", page(), re.DOTALL)


def faults(script: str) -> set[str]:
    """What an old browser would not know. ES2017 is the newest that esprima 4 parses, so this asks for a little more
    than ES2019; of regular expressions it lets pass what came with ES2018."""
    found: set[str] = set()

    def look(node: Any, _meta: Any) -> None:
        if node.type == "MemberExpression" and not node.computed and node.property.name in LATER | INDEXED:
            found.add(node.property.name)
        elif node.type == "Identifier" and node.name in LATER:
            found.add(node.name)
        elif (
            node.type == "Literal"
            and node.regex
            and (LATER_PATTERN.search(node.regex.pattern) or "s" in node.regex.flags)
        ):
            found.add(node.raw)

    try:
        esprima.parseScript(script, delegate=look)
    except esprima.Error as error:
        found.add(str(error))
    return found


def test_the_sealed_page_asks_for_nothing_that_chrome_70_and_safari_13_lack() -> None:
    (script,) = scripts()
    assert "inflate" in script
    assert faults(script) == set()


def test_the_door_has_the_same_script_but_for_what_it_says() -> None:
    home = Path(__file__).parents[4] / "examples" / "grand-bend-home"
    (script,) = re.findall(r"<script>(.*?)</script>", door_page(load_settings(home, {})).decode(), re.DOTALL)
    assert faults(script) == set()
    own = [text.split("const at = (id)")[1].rsplit("insert(", 1)[0] for text in (script, scripts()[0])]
    assert own[0] == own[1]


def test_no_other_page_has_a_script() -> None:
    having = {path.name for path in TEMPLATES.glob("*.html.j2") if "<script" in path.read_text(encoding="utf-8")}
    assert having == {"sealed.html.j2", "door.html.j2"}


@pytest.mark.parametrize("later", [
    "a?.b", "a ?? b", "a ||= b", "1n", "1_000", "class A { x = 1 }", "class A { #x; }", "class A { static {} }",
    "await x", "[].at(-1)", "s.replaceAll(a, b)", "structuredClone(x)", "Object.hasOwn(x, y)", "/(?<=a)b/", "/(?<n>a)/",
    "/a/s", "new DecompressionStream('deflate-raw')", "new Intl.DateTimeFormat('en', { dateStyle: 'long' })",
])  # fmt: skip
def test_what_is_newer_is_noticed(later: str) -> None:
    assert faults(later)


def test_only_styles_that_a_script_inserts_are_let_in() -> None:
    text = page()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    assert "style-src 'none'" in policy[1].replace("&#39;", "'")
    assert re.findall(r"<style[^>]*>[^<]*</style>", text) == ["<style></style>"]
    assert text.index("<style>") < text.index("Content-Security-Policy") < text.index("<script>")
    assert " style=" not in text.split("<body")[1]
