"""What is attached to a file (ISO 19005-3, 6.8): said what it is, how it stands to the page, and nothing else."""

from collections.abc import Iterator
from typing import Any

import pikepdf


def attachment_faults(document: pikepdf.Pdf, attached: str | None) -> Iterator[str]:
    root: Any = document.Root
    named = root.get("/Names", {}).get("/EmbeddedFiles", {}).get("/Names", [])
    files, associated = list(named)[1::2], list(root.get("/AF", []))
    held = (one for one in document.objects if isinstance(one, pikepdf.Stream))
    streams = [one for one in held if one.get("/Type") == "/EmbeddedFile"]
    wanted = 0 if attached is None else 1
    if len(files) > wanted or len(streams) > wanted:
        yield "strange-attachment"
    if len(files) < wanted:
        yield "no-attachment"
    pages: list[Any] = [page.obj for page in document.pages]
    notes = [note for page in pages for note in page.get("/Annots", [])]
    if any(note.get("/Subtype") != "/Link" for note in notes):
        yield "strange-note"
    if {one.objgen for one in files} != {one.objgen for one in associated}:
        yield "attachment-not-associated"
    for file in files:
        yield from _one(file, attached)


def _one(file: Any, attached: str | None) -> Iterator[str]:
    if str(file.get("/F")) != attached or str(file.get("/UF")) != attached:
        yield "strange-attachment"
    if file.get("/AFRelationship") != "/Data":
        yield "attachment-without-relationship"
    if file.EF.F.get("/Subtype") != "/application/json":
        yield "attachment-of-wrong-type"
    if not str(file.get("/Desc", "")):
        yield "attachment-without-description"
