"""The pages: whatever is painted is tagged or an artifact, in the order it is seen, in fonts that are in the file."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pikepdf

from tests.pdf_standards.structure import children, elements, role

PAINTS = {"Tj", "TJ", "'", '"', "Do", "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "BI", "INLINE IMAGE"}
BLOCKS = {"P", "H1", "H2", "H3", "LI", "TR", "Title"}
SLACK = 16.0  # points that a block may begin above the one before it: a line, where two stand side by side
Place = tuple[int, int]  # page and marked content


def content_faults(document: pikepdf.Pdf) -> Iterator[str]:
    tree = document.Root.get("/StructTreeRoot")
    if tree is None:
        return
    pages = {page.obj.objgen: number for number, page in enumerate(document.pages)}
    parents = _parents(tree)
    painted: dict[Place, float] = {}
    for number, page in enumerate(document.pages):
        marked = list(_marked(page))
        if any(mark is None for mark, _ in marked):
            yield "content-untagged"
        for mark, height in marked:
            if mark is not None and mark >= 0:
                painted.setdefault((number, mark), height)
        yield from _page(page, parents, {mark for mark, _ in marked if mark is not None and mark >= 0})
    order = [place for place in _reading_order(tree, pages) if place in painted]
    if len(order) != len(painted):
        yield "content-without-place"
    if [place for place in painted if place in set(order)] != order:
        yield "order-differs"
    yield from _top_down(document, tree, pages, painted)
    yield from _fonts(document)


def _parents(tree: Any) -> dict[int, Any]:
    numbers = list(tree.get("/ParentTree", {}).get("/Nums", []))
    return dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))


def _marked(page: pikepdf.Page) -> Iterator[tuple[int | None, float]]:
    """For all that is painted, its marked content: -1 for an artifact, None for neither; and how high it stands."""
    stack: list[int | None] = []
    matrix, text, saved = pikepdf.Matrix(), pikepdf.Matrix(), []
    for said in pikepdf.parse_content_stream(page):
        operator = str(said.operator)
        if operator in ("BMC", "BDC"):
            stack.append(_mark(list(said.operands), stack))
        elif operator == "EMC":
            stack.pop()
        elif operator == "q":
            saved.append(matrix)
        elif operator == "Q":
            matrix = saved.pop()
        elif operator == "cm":
            matrix = pikepdf.Matrix(*map(float, said.operands)) @ matrix
        elif operator in ("Tm", "BT"):
            text = pikepdf.Matrix(*map(float, said.operands)) if operator == "Tm" else pikepdf.Matrix()
        elif operator in PAINTS:
            yield (stack[-1] if stack else None), (text @ matrix).f


def _mark(operands: list[Any], stack: list[int | None]) -> int | None:
    if operands[0] == "/Artifact":
        return -1
    if len(operands) > 1 and isinstance(operands[1], pikepdf.Dictionary) and "/MCID" in operands[1]:
        return int(operands[1].MCID)
    return stack[-1] if stack else None


def _page(page: pikepdf.Page, parents: dict[int, Any], marks: set[int]) -> Iterator[str]:
    own: Any = page.obj
    if marks:
        held = parents.get(int(own.get("/StructParents", -1)))
        if held is None or any(mark >= len(held) or "/S" not in held[mark] for mark in marks):
            yield "content-without-parent"
    notes = list(own.get("/Annots", []))
    if notes and own.get("/Tabs") != "/S":
        yield "no-tab-order"
    for note in notes:
        holder = parents.get(int(note.get("/StructParent", -1)))
        if holder is None or str(holder.S) != "/Link" or not str(note.get("/Contents", "")):
            yield "link-untagged"


def _reading_order(node: Any, pages: dict[Any, int]) -> Iterator[Place]:
    kids = node.get("/K", [])
    for kid in list(kids) if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, int):
            yield pages[node.Pg.objgen], int(kid)
        elif "/MCID" in kid:
            yield pages[kid.get("/Pg", node.get("/Pg")).objgen], int(kid.MCID)
        elif "/S" in kid:
            yield from _reading_order(kid, pages)


def _top_down(document: pikepdf.Pdf, tree: Any, pages: dict[Any, int], painted: dict[Place, float]) -> Iterator[str]:
    """Blocks begin one below the other, on one page after the other."""
    begun = []
    for one in elements(tree):
        name = str(one.S).removeprefix("/")
        if name in BLOCKS or role(document, one) in BLOCKS:
            places = [place for place in _reading_order(one, pages) if place in painted]
            if places:
                begun.append((places[0][0], painted[places[0]]))
    for (page, height), (next_page, next_height) in pairwise(begun):
        if next_page < page or (next_page == page and next_height > height + SLACK):
            yield "order-not-as-seen"


def _fonts(document: pikepdf.Pdf) -> Iterator[str]:
    held: list[Any] = [one for one in document.objects if isinstance(one, pikepdf.Dictionary)]
    for font in (one for one in held if one.get("/Type") == "/Font"):
        if font.get("/Subtype") in ("/Type0", "/Type3", "/Type1", "/TrueType") and "/ToUnicode" not in font:
            yield "font-without-unicode"
        descriptor = font.get("/FontDescriptor", {})
        if font.get("/Subtype") not in ("/Type0", "/Type3") and not {"/FontFile", "/FontFile2", "/FontFile3"} & set(
            descriptor.keys()
        ):
            yield "font-not-embedded"


def languages(document: pikepdf.Pdf) -> set[str]:
    """Of the file and of the passages that are in another one."""
    found = [one.get("/Lang") for one in elements(document.Root.StructTreeRoot)]
    return {str(one) for one in [document.Root.Lang, *found] if one is not None}


def headings(document: pikepdf.Pdf) -> list[tuple[str, str]]:
    """Role and title of each heading, in reading order."""
    return [(str(one.S), str(one.get("/T", ""))) for one in elements(document.Root.StructTreeRoot) if "/T" in one]


def cells(document: pikepdf.Pdf, kind: str) -> list[Any]:
    return [one for one in elements(document.Root.StructTreeRoot) if str(one.S) == kind and not children(one)]
