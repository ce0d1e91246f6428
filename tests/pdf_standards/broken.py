"""Ways in which a PDF stops being what it claims, each under the name that the reader has for it."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf

from tests.pdf_standards.structure import attribute, elements, role

Break = Callable[[pikepdf.Pdf], object]


def broken(pdf: bytes, change: Break, **how: Any) -> bytes:
    """A copy with one thing changed."""
    made = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        change(document)
        document.save(made, fix_metadata_version=False, **how)
    return made.getvalue()


def _claim(before: bytes, after: bytes) -> Break:
    """Another word in the metadata."""

    def change(document: pikepdf.Pdf) -> None:
        said = document.Root.Metadata.read_bytes()
        assert before in said
        document.Root.Metadata.write(said.replace(before, after))

    return change


def _first(document: pikepdf.Pdf, name: str) -> Any:
    return next(one for one in elements(document.Root.StructTreeRoot) if role(document, one) == name)


def _without_scope(document: pikepdf.Pdf, name: str) -> None:
    for one in elements(document.Root.StructTreeRoot):
        for held in one.get("/A", []) if role(document, one) == name else ():
            if "/Scope" in held:
                del held["/Scope"]


def _untag(document: pikepdf.Pdf) -> None:
    """The running lines are no artifacts any more."""
    page = document.pages[0]
    said = pikepdf.parse_content_stream(page)
    kept, open_marks = [], []
    for one in said:
        if str(one.operator) in ("BMC", "BDC"):
            open_marks.append(one.operands[0] == "/Artifact")
        is_end = str(one.operator) == "EMC"
        if not (open_marks and open_marks[-1] and (is_end or str(one.operator) in ("BMC", "BDC"))):
            kept.append(one)
        if is_end:
            open_marks.pop()
    page.Contents = document.make_stream(pikepdf.unparse_content_stream(kept))


def _without_fonts(document: pikepdf.Pdf) -> None:
    for one in document.objects:
        if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor":
            for key in ("/FontFile2", "/FontFile3"):
                if key in one:
                    del one[key]


def _without_unicode(document: pikepdf.Pdf) -> None:
    for one in document.objects:
        if isinstance(one, pikepdf.Dictionary) and "/ToUnicode" in one:
            del one["/ToUnicode"]


def _attach(document: pikepdf.Pdf) -> None:
    document.attachments["more.json"] = pikepdf.AttachedFileSpec(
        document, b"{}", filename="more.json", mime_type="application/json", relationship=pikepdf.Name.Data
    )


def _out_of_order(document: pikepdf.Pdf) -> None:
    """The name of the student is read last."""
    first = _first(document, "H1")
    held = first.P.K
    kids = [one for one in held if one.objgen != first.objgen]
    first.P.K = pikepdf.Array([*kids, first])


def _action(document: pikepdf.Pdf, **said: Any) -> pikepdf.Dictionary:
    return document.make_indirect(pikepdf.Dictionary(**said))


def run_script(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = _action(document, S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def launch(document: pikepdf.Pdf) -> None:
    note = next(note for page in document.pages for note in page.get("/Annots", []))
    note.A = _action(document, S=pikepdf.Name.Launch, F="other.exe")


def script_on_page(document: pikepdf.Pdf) -> None:
    document.pages[0].obj.AA = pikepdf.Dictionary(O=_action(document, S=pikepdf.Name.JavaScript, JS="1"))


def form(document: pikepdf.Pdf) -> None:
    document.Root.AcroForm = _action(document, Fields=pikepdf.Array(), XFA=document.make_stream(b"<xdp/>"))


def attach_in_note(document: pikepdf.Pdf) -> None:
    file = document.Root.AF[0]
    note = _action(document, Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FileAttachment, FS=file, Rect=[0, 0, 9, 9])
    document.pages[0].obj.Annots = pikepdf.Array([*document.pages[0].obj.get("/Annots", []), note])


def _file(document: pikepdf.Pdf) -> Any:
    return document.Root.AF[0]


def _delete(document: pikepdf.Pdf, of: Callable[[pikepdf.Pdf], Any], key: str) -> object:
    del of(document)[key]
    return document


def _set(document: pikepdf.Pdf, of: Callable[[pikepdf.Pdf], Any], key: str, value: Any) -> object:
    of(document)[key] = value
    return document


def _no_row_headers(document: pikepdf.Pdf) -> None:
    for one in list(elements(document.Root.StructTreeRoot)):
        if role(document, one) == "TH" and attribute(one, "/Table", "/Scope") == "/Row":
            one.S = pikepdf.Name.TD


def _no_tabs(document: pikepdf.Pdf) -> None:
    for page in document.pages:
        if "/Tabs" in page.obj:
            del page.obj["/Tabs"]


def _root(document: pikepdf.Pdf) -> Any:
    return document.Root


BREAKS: dict[str, tuple[Break, str]] = {
    "title removed": (_claim(b"dc:title", b"dc:other"), "no-title"),
    "title not shown": (lambda d: _delete(d, _root, "/ViewerPreferences"), "title-not-shown"),
    "another title in the information": (lambda d: _set(d, lambda d: d.docinfo, "/Title", "x"), "information-differs"),
    "language removed": (lambda d: _delete(d, _root, "/Lang"), "no-language"),
    "marks removed": (lambda d: _delete(d, _root, "/MarkInfo"), "untagged"),
    "claim of PDF/UA removed": (_claim(b"<pdfuaid:part>1<", b"<pdfuaid:part>9<"), "no-pdfua-claim"),
    "claim of PDF/A removed": (_claim(b"pdfaid:conformance", b"pdfaid:other"), "no-pdfa-claim"),
    "output intent removed": (lambda d: _delete(d, _root, "/OutputIntents"), "no-output-intent"),
    "heading skipped": (lambda d: _set(d, lambda d: _first(d, "H2"), "/S", pikepdf.Name.H4), "heading-skipped"),
    "first heading is no first one": (lambda d: _set(d, lambda d: _first(d, "H1"), "/S", pikepdf.Name.H2),
                                      "heading-skipped"),
    "scope removed": (lambda d: _without_scope(d, "TH"), "header-without-scope"),
    "row header is a cell": (_no_row_headers, "row-without-header"),
    "headers unnamed": (lambda d: _delete(d, lambda d: _first(d, "TD"), "/A"), "cell-without-header"),
    "role unknown": (lambda d: _set(d, lambda d: _first(d, "P"), "/S", pikepdf.Name.Blurb), "unknown-role"),
    "list of paragraphs": (lambda d: _set(d, lambda d: _first(d, "LI"), "/S", pikepdf.Name.P),
                           "table-or-list-out-of-shape"),
    "read in another order": (_out_of_order, "order-differs"),
    "artifact untagged": (_untag, "content-untagged"),
    "parents lost": (lambda d: _set(d, lambda d: d.Root.StructTreeRoot, "/ParentTree", pikepdf.Dictionary(Nums=[])),
                     "content-without-parent"),
    "tab order removed": (_no_tabs, "no-tab-order"),
    "font not embedded": (_without_fonts, "font-not-embedded"),
    "no way back to letters": (_without_unicode, "font-without-unicode"),
    "relationship missing": (lambda d: _delete(d, _file, "/AFRelationship"), "attachment-without-relationship"),
    "wrong MIME type": (lambda d: _set(d, lambda d: _file(d).EF.F, "/Subtype", pikepdf.Name("/text/plain")),
                        "attachment-of-wrong-type"),
    "not described": (lambda d: _delete(d, _file, "/Desc"), "attachment-without-description"),
    "not associated": (lambda d: _delete(d, _root, "/AF"), "attachment-not-associated"),
    "attachment removed": (lambda d: (_delete(d, _root, "/AF"), _delete(d, _root, "/Names")), "no-attachment"),
    "second attachment": (_attach, "strange-attachment"),
    "attached in a note": (attach_in_note, "strange-note"),
    "a script": (run_script, "active-content"),
    "a script on a page": (script_on_page, "active-content"),
    "a link that launches": (launch, "active-content"),
    "a form": (form, "active-content"),
}  # fmt: skip
