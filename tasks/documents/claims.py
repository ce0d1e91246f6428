"""What a file may no longer say of itself once it was changed."""

from typing import Any

import pikepdf

KEPT_CLAIM = ("pdfaid:part", "pdfaid:conformance")


def drop_kept_claim(document: pikepdf.Pdf) -> None:
    """Takes the claim to be PDF/A out of the metadata; that it can be read aloud (PDF/UA) stays."""
    with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        for claim in KEPT_CLAIM:
            if claim in metadata:
                del metadata[claim]


def drop_attached(document: pikepdf.Pdf) -> None:
    """Takes out what is attached: what is laid over the pages is not laid over data."""
    root: Any = document.Root
    for holder, key in ((root, "/AF"), (root.get("/Names", {}), "/EmbeddedFiles")):
        if key in holder:
            del holder[key]
