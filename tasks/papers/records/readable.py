"""A packet as a page and as a PDF that has it as data attached: what a family reads, and what a program does."""

import json
from datetime import date
from functools import cache

from termpost.schemas.documents.records.packet import RecordsPacket
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.colour import NIGHT, NIGHT_PANEL, PANEL, readable
from termpost.tasks.documents.frame import PaperPart, frame_of, set_paper
from termpost.tasks.documents.jinja import environment
from termpost.tasks.documents.printed import VisibleText
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.documents.words.translation_note import note_of
from termpost.tasks.papers.records.words import RecordsTable, RecordsWords


class RecordsPart(PaperPart):
    """The paper's one part."""

    lead: tuple[VisibleText, ...]
    facts: tuple[tuple[VisibleText, VisibleText], ...]
    listings: tuple[RecordsTable, ...]
    nothing: VisibleText
    closing: tuple[VisibleText, ...]


def page_of_records(said: RecordsWords) -> bytes:
    """HTML, UTF-8; no script, and nothing that is fetched."""
    colours = {
        "accent": said.colour, "ink": readable(said.colour, PANEL), "panel": PANEL,
        "ink_night": readable(said.colour, NIGHT_PANEL), "night": NIGHT, "night_panel": NIGHT_PANEL,
    }  # fmt: skip
    return environment().get_template("records.html.j2").render(r=said, colours=colours).encode()


def pdf_of_records(settings: Settings, said: RecordsWords, packet: RecordsPacket, dated: date) -> bytes:
    """PDF/UA-1 and PDF/A-3a with `records.json` and its JSON schema attached.

    Raises InputError where no font covers a character.
    """
    translator = translator_for(said.language)
    part = RecordsPart(
        translated=note_of(settings, said.language), school=said.school, name=said.name,
        running=f"{said.title} · {said.name}", stamp=f"{packet.student.number} · {packet.case} · {packet.day}",
        lead=said.lead, facts=said.facts, listings=said.tables, nothing=said.nothing, closing=said.closing,
    )  # fmt: skip
    return set_paper(
        "records.typ", frame_of(settings, translator, said.language, said.title), [part], {}, dated,
        data=data_of(packet), schema=schema_text(),
    )  # fmt: skip


def data_of(packet: RecordsPacket) -> str:
    """`records.json`: the same bytes for the same packet."""
    return packet.model_dump_json(indent=1) + "\n"


@cache
def schema_text() -> str:
    """Its JSON schema (2020-12)."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **RecordsPacket.model_json_schema()}
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
