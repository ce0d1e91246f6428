"""Documents as they come from elsewhere: made by pikepdf, in a font that every reader has."""

from io import BytesIO
from typing import Any

import pikepdf

LETTER = (612, 792)


def document(*pages: str, size: tuple[int, int] = LETTER, low: bool = False, **save: Any) -> bytes:
    """A page for each text; `low`: it stands at the very foot."""
    with pikepdf.new() as pdf:
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        for text in pages:
            page = pdf.add_blank_page(page_size=size)
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
            said = f"BT /F 12 Tf 72 {10 if low else 400} Td ({text}) Tj ET" if text else ""
            page.Contents = pdf.make_stream(said.encode())
        out = BytesIO()
        pdf.save(out, deterministic_id=not save, **save)
    return out.getvalue()


def with_form(pdf: bytes) -> bytes:
    """The same with a field that is filled in."""
    with pikepdf.open(BytesIO(pdf)) as form:
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, Rect=[0, 0, 10, 10])
        field = form.make_indirect(note)
        form.pages[0].Annots = pikepdf.Array([field])
        form.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]))
        out = BytesIO()
        form.save(out)
    return out.getvalue()
