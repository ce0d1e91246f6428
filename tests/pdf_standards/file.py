"""What a file says of itself: metadata, language, colours, identity, and that it does nothing by itself."""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pikepdf

NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xmp": "http://ns.adobe.com/xap/1.0/",
}
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
ACTIVE = {"/JavaScript", "/Launch", "/GoToR", "/GoToE", "/SubmitForm", "/ImportData", "/Rendition", "/Movie", "/Sound"}


def file_faults(document: pikepdf.Pdf) -> Iterator[str]:
    root: Any = document.Root
    if document.is_encrypted:
        yield "encrypted"
    if len(document.trailer.get("/ID", [])) != 2:
        yield "no-file-id"
    if not LANGUAGE.fullmatch(str(root.get("/Lang", ""))):
        yield "no-language"
    if not root.get("/MarkInfo", {}).get("/Marked", False):
        yield "untagged"
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False):
        yield "title-not-shown"
    yield from _metadata(document)
    yield from _colours(root)
    yield from _active(document)


def metadata(document: pikepdf.Pdf) -> ET.Element:
    if "/Metadata" not in document.Root:
        return ET.Element("none")
    return ET.fromstring(document.Root.Metadata.read_bytes().decode())  # noqa: S314 - our own file


def said(found: ET.Element, path: str) -> str:
    """The words at a path; empty where there are none."""
    return "".join("".join(one.itertext()) for one in found.iterfind(f".//{path}", NAMESPACES)).strip()


def _metadata(document: pikepdf.Pdf) -> Iterator[str]:
    found = metadata(document)
    if said(found, "pdfuaid:part") != "1":
        yield "no-pdfua-claim"
    if (said(found, "pdfaid:part"), said(found, "pdfaid:conformance")) != ("3", "A"):
        yield "no-pdfa-claim"
    title = said(found, "dc:title")
    if not title:
        yield "no-title"
    info: Any = document.trailer.get("/Info", {})
    if "/Title" in info and str(info["/Title"]) != title:
        yield "information-differs"
    made = re.sub(r"\D", "", said(found, "xmp:CreateDate"))
    if "/CreationDate" in info and re.sub(r"\D", "", str(info["/CreationDate"]))[:14] != made[:14]:
        yield "information-differs"


def _colours(root: Any) -> Iterator[str]:
    intents = list(root.get("/OutputIntents", []))
    if [str(one.get("/S")) for one in intents] != ["/GTS_PDFA1"]:
        yield "no-output-intent"
    elif b"acsp" not in intents[0].DestOutputProfile.read_bytes()[36:40] or intents[0].DestOutputProfile.N != 3:
        yield "no-colour-profile"


def _active(document: pikepdf.Pdf) -> Iterator[str]:
    """Anything that runs, opens or plays, wherever it hangs."""
    for held in document.objects:
        for one in _dictionaries(held):
            if one.get("/S") in ACTIVE or {"/JS", "/AA", "/XFA", "/RichMediaContent"} & set(one.keys()):
                yield "active-content"
    root: Any = document.Root
    if {"/OpenAction", "/AcroForm"} & set(root.keys()) or "/JavaScript" in root.get("/Names", {}):
        yield "active-content"


def _dictionaries(value: Any) -> Iterator[Any]:
    """A value and what lies directly in it; what it refers to is another object of the file."""
    if isinstance(value, pikepdf.Stream):
        value = value.stream_dict
    if isinstance(value, pikepdf.Dictionary):
        yield value
    kids = (
        value.values() if isinstance(value, pikepdf.Dictionary) else value if isinstance(value, pikepdf.Array) else []
    )
    for kid in kids:
        if isinstance(kid, pikepdf.Dictionary | pikepdf.Array) and not kid.is_indirect:
            yield from _dictionaries(kid)
