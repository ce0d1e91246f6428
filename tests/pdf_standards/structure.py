"""The tag tree: headings in order, tables with headers, lists, figures with words, every role a known one."""

import re
from collections.abc import Iterator
from typing import Any

import pikepdf

KNOWN = {
    "Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Caption", "TOC", "TOCI", "Index", "NonStruct", "Private",
    "P", "H", "H1", "H2", "H3", "H4", "H5", "H6", "L", "LI", "Lbl", "LBody", "Table", "TR", "TH", "TD", "THead",
    "TBody", "TFoot", "Span", "Quote", "Note", "Reference", "BibEntry", "Code", "Link", "Annot", "Ruby", "Warichu",
    "Figure", "Formula", "Form",
}  # fmt: skip
ROWS = {"Table": {"TR", "THead", "TBody", "TFoot", "Caption"}, "TR": {"TH", "TD"}, "L": {"LI", "Caption", "L"},
        "THead": {"TR"}, "TBody": {"TR"}, "LI": {"Lbl", "LBody"}}  # fmt: skip


def role(document: pikepdf.Pdf, element: Any) -> str:
    """The standard role of an element, through the role map."""
    name = str(element.S).removeprefix("/")
    roles: Any = document.Root.StructTreeRoot.get("/RoleMap", {})
    for _ in range(5):
        if name in KNOWN or f"/{name}" not in roles:
            return name
        name = str(roles[f"/{name}"]).removeprefix("/")
    return name


def children(element: Any) -> list[Any]:
    """Structure elements only; what is marked content is left out."""
    kids = element.get("/K", [])
    listed = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    return [kid for kid in listed if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]


def elements(node: Any) -> Iterator[Any]:
    """All that is below a node, in reading order."""
    for kid in children(node):
        yield kid
        yield from elements(kid)


def attribute(element: Any, owner: str, key: str) -> Any:
    """Of an element's attributes; None where there is none."""
    held = element.get("/A", [])
    for one in list(held) if isinstance(held, pikepdf.Array) else [held]:
        if isinstance(one, pikepdf.Dictionary) and one.get("/O") == owner and key in one:
            return one[key]
    return None


def structure_faults(document: pikepdf.Pdf) -> Iterator[str]:
    tree = document.Root.get("/StructTreeRoot")
    if tree is None:
        yield "untagged"
        return
    yield from _headings(document, tree)
    for one in elements(tree):
        name = role(document, one)
        if name not in KNOWN:
            yield "unknown-role"
        if name in ROWS and not {role(document, kid) for kid in children(one)} <= ROWS[name]:
            yield "table-or-list-out-of-shape"
        if name == "Figure" and not str(one.get("/Alt", "")).strip():
            yield "figure-without-alternative"
        if name == "Table":
            yield from _table(document, one, _ids(tree))


def _headings(document: pikepdf.Pdf, tree: Any) -> Iterator[str]:
    before = 0
    for one in elements(tree):
        if not (found := re.fullmatch("H([1-6])", role(document, one))):
            continue
        level = int(found[1])
        if level > before + 1:
            yield "heading-skipped"
        before = level
    if not before:
        yield "no-heading"


def _ids(tree: Any) -> dict[str, Any]:
    """Elements by the ids that others name them by; a name tree is in order (ISO 32000-1, 7.9.6)."""
    named = list(tree.get("/IDTree", {}).get("/Names", []))
    keys = [bytes(key) for key in named[::2]]
    assert keys == sorted(set(keys))
    return {str(key): one for key, one in zip(named[::2], named[1::2], strict=True)}


def _table(document: pikepdf.Pdf, table: Any, ids: dict[str, Any]) -> Iterator[str]:
    for row in (one for one in elements(table) if role(document, one) == "TR"):
        cells = children(row)
        kinds = [role(document, cell) for cell in cells]
        for cell, kind in zip(cells, kinds, strict=True):
            yield from _header(cell) if kind == "TH" else _cell(document, cell, ids)
        if "TD" in kinds and len(kinds) > 1 and (kinds[0] != "TH" or attribute(cells[0], "/Table", "/Scope") != "/Row"):
            yield "row-without-header"


def _header(cell: Any) -> Iterator[str]:
    if attribute(cell, "/Table", "/Scope") not in ("/Row", "/Column", "/Both"):
        yield "header-without-scope"


def _cell(document: pikepdf.Pdf, cell: Any, ids: dict[str, Any]) -> Iterator[str]:
    """Each cell names its headers, one of its column and, but where it is the only one of its row, one of its row."""
    named = [ids.get(str(name)) for name in attribute(cell, "/Table", "/Headers") or []]
    if not named or any(one is None or role(document, one) != "TH" for one in named):
        yield "cell-without-header"
        return
    scopes = {str(attribute(one, "/Table", "/Scope")) for one in named}
    if "/Column" not in scopes or (len(children(cell.P)) > 1 and "/Row" not in scopes):
        yield "cell-without-header"
