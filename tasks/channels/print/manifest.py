"""The list that a pack is signed off by, on paper in the school's look and as CSV for whoever counts by machine."""

from collections.abc import Sequence
from datetime import date

from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.frame import PaperPart, frame_of, set_paper
from termpost.tasks.documents.printed import PrintedValue, VisibleText
from termpost.tasks.documents.spreadsheet import as_csv
from termpost.tasks.documents.wording import Translator, translator_for
from termpost.tasks.render.report_view import Field

COLUMNS = ("mark", "recipient", "students", "sheets", "pages", "enclosed")


class ManifestLine(FrozenModel):
    """One envelope."""

    mark: str
    recipient: str
    students: tuple[str, ...]
    pages: int
    sheets: int
    enclosed: tuple[str, ...] = ()  # names of the files


class PackManifest(FrozenModel):
    """One pack."""

    number: str
    school: str
    cycle: str  # id
    cycle_title: str
    by_class: bool
    group: str  # title of the class, or post code; empty: none
    lines: tuple[ManifestLine, ...]


class ManifestRow(FrozenModel):
    """One envelope in words."""

    mark: str
    recipient: VisibleText
    students: tuple[VisibleText, ...]
    sheets: VisibleText
    enclosed: VisibleText


class PackPart(PaperPart):
    """One pack in words."""

    facts: tuple[Field, ...]
    rows: tuple[ManifestRow, ...]


def make_manifest(settings: Settings, listed: PackManifest, dated: date, country: str = "") -> bytes:
    """PDF/UA-1; the same pack gives the same bytes. InputError where no font covers a character."""
    language = settings.institution.languages[0]
    translator = translator_for(language, country)
    frame = frame_of(settings, translator, language, translator.text("manifest", "title"), listed.cycle_title)
    part = PackPart(
        school=listed.school,
        name=translator.text("manifest", "name", number=listed.number),
        running=translator.text("manifest", "name", number=listed.number),
        stamp=f"{listed.number} · {listed.cycle}",
        facts=_facts(listed, translator),
        rows=tuple(_row(line, translator) for line in listed.lines),
    )
    return set_paper("manifest.typ", frame, [part], translator.labels("manifest"), dated)


def make_table(lines: Sequence[ManifestLine]) -> bytes:
    """The same as CSV, UTF-8."""
    rows = (
        (line.mark, line.recipient, "; ".join(line.students), line.sheets, line.pages, "; ".join(line.enclosed))
        for line in lines
    )
    return as_csv(COLUMNS, rows)


def _facts(listed: PackManifest, translator: Translator) -> tuple[Field, ...]:
    kind = "class" if listed.by_class else "postcode"
    group = (
        PrintedValue(text=listed.group)
        if listed.group
        else PrintedValue(text=translator.text("manifest", f"no_{kind}"), absent=True)
    )
    return (
        Field(label=translator.text("manifest", kind), value=group),
        Field(
            label=translator.text("manifest", "envelopes"),
            value=PrintedValue(text=translator.whole(len(listed.lines))),
        ),
        Field(
            label=translator.text("manifest", "sheets"),
            value=PrintedValue(text=translator.whole(sum(x.sheets for x in listed.lines))),
        ),
    )


def _row(line: ManifestLine, translator: Translator) -> ManifestRow:
    names = translator.joined(line.enclosed) if line.enclosed else ""
    return ManifestRow(
        mark=line.mark,
        recipient=line.recipient,
        students=line.students,
        sheets=translator.whole(line.sheets),
        enclosed=translator.text("manifest", "enclosed", names=names) if names else "",
    )
