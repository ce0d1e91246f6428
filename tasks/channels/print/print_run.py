"""Printing: packs are made, opened again, logged and only then written, each with the list it is signed off by."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.pack import ChosenEnvelopes, Pack, PackedEnvelope, Sort
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import Entry
from termpost.tasks.channels.print.addressees import Addressees
from termpost.tasks.channels.print.compose import Composed, EnvelopeContents, compose
from termpost.tasks.channels.print.expected_envelope import expected_envelope, letter_language
from termpost.tasks.channels.print.gather import SchoolPrint, gather, new_packs, refuse_other_sort
from termpost.tasks.channels.print.inserts import document_bytes, document_name
from termpost.tasks.channels.print.laid_places import LaidWords, RoomFor, rooms_in
from termpost.tasks.channels.print.manifest import ManifestLine, PackManifest, make_manifest, make_table
from termpost.tasks.channels.print.pack_registry import PackRegistry, digest_of, put_pack
from termpost.tasks.channels.print.recheck import recheck_pack
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.documents.words.asked_in import asked_in
from termpost.tasks.documents.words.asking import asking_words
from termpost.tasks.documents.words.code_words import code_words
from termpost.tasks.documents.words.school_words import words_of_home
from termpost.tasks.home.home import Home
from termpost.tasks.home.recipient_codes import AccessCodes
from termpost.tasks.runtime.concurrent import concurrent_map
from termpost.tasks.runtime.private_files import private_folder, write_private
from termpost.tasks.stage.may_leave import refuse_stopped

AT_ONCE = 2  # one pack is composed while another is read back
OURS = re.compile(r"\.?pack-[0-9]{2,}(_[0-9]{4,}-[0-9]{4,})?(-list)?\.(pdf|csv)(\.[0-9a-f]{12})?")
PRINTED, PRINTED_PART = "print-pack", "print-range"


@dataclass(frozen=True)
class PrintWish:
    """What was asked for."""

    cycle: str
    chosen: ChosenEnvelopes
    sort: Sort | None = None  # None: by class, or as they are sorted already
    anew: bool = False


@dataclass(frozen=True)
class PrintedPack:
    """One file."""

    pack: str  # its number
    file: str
    envelopes: int
    pages: int
    sheets: int


@dataclass
class Printed:
    """What a print gave."""

    packs: list[PrintedPack] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)  # mark, or delivery where it has none → reason


@dataclass(frozen=True)
class _Ready:
    """A pack that was opened again and holds what it should."""

    pack: Pack
    envelopes: list[PackedEnvelope]
    composed: Composed
    school: SchoolPrint
    left_out: dict[str, str]


def print_packs(home: Home, wish: PrintWish, folder: Path, actor: str) -> Printed:
    """Writes every pack that was asked for into a folder of its own, 0600. Only for a run that has the cycle's turn.

    Raises:
        InputError: `not-empty`, `nothing-to-print`, `sorted-otherwise`, `no-such-mark`, `printed-anew`, ….
        Refused: `stopped`, `bytes-changed`, or what `recheck_pack` finds.
    """
    earlier = _earlier(folder)
    entries = list(home.log.entries())
    refuse_stopped(CycleState.fold(wish.cycle, entries))
    schools = gather(home, wish.cycle, entries, wish.chosen.school)
    registry = PackRegistry.read(home, wish.cycle, entries)
    for pack in _fresh(schools, registry, wish):
        put_pack(home, pack)
        registry.add(pack)
    by_school = {one.school: one for one in schools}
    asked = [(pack, envelopes) for pack, envelopes in registry.chosen(wish.chosen) if pack.school in by_school]
    printed = Printed(left_out=_refused(schools, registry, asked, wish.chosen))
    private_folder(folder)
    for path in earlier:
        path.unlink()
    for ready in concurrent_map(lambda one: _ready(home, by_school[one[0].school], *one), asked, at_once=AT_ONCE):
        printed.left_out |= ready.left_out
        if ready.envelopes:
            printed.packs.append(_write(home, wish, folder, ready, actor))
    return printed


def _earlier(folder: Path) -> list[Path]:
    """Files of an earlier print, which this one replaces: an old pack beside a new one would be posted too."""
    there = list(folder.iterdir()) if folder.is_dir() else []
    if not all(OURS.fullmatch(path.name) for path in there):
        raise InputError("not-empty", "the folder holds something else already", str(folder), "name a new one")
    return there


def _fresh(schools: Sequence[SchoolPrint], registry: PackRegistry, wish: PrintWish) -> list[Pack]:
    """New packs, unless some that are there were named."""
    if wish.chosen.pack is not None or wish.chosen.is_part:
        return []
    if wish.sort is not None and not wish.anew:
        refuse_other_sort(schools, registry, wish.sort)
    return new_packs(wish.cycle, schools, registry, wish.sort or _sort_so_far(registry), wish.anew)


def _sort_so_far(registry: PackRegistry) -> Sort:
    return registry.packs[-1].sort if registry.packs else "class"


def _refused(
    schools: Iterable[SchoolPrint],
    registry: PackRegistry,
    asked: Sequence[tuple[Pack, list[PackedEnvelope]]],
    chosen: ChosenEnvelopes,
) -> dict[str, str]:
    """What lies there, or lay there, and is not printed; with a mark or range named, of that only."""
    meant = {envelope.object for _, envelopes in asked for envelope in envelopes}
    every = chosen.pack is None and not chosen.is_part
    return {
        registry.mark_of(key) or school.envelopes[key].reports[0].delivery: reason
        for school in schools for key, reason in school.refused.items() if every or key in meant
    }  # fmt: skip


def _ready(home: Home, school: SchoolPrint, pack: Pack, envelopes: Sequence[PackedEnvelope]) -> _Ready:
    """Composed and opened again, without those that are absent, changed or not addressed as the record has it."""
    left_out: dict[str, str] = {}
    contents: dict[int, EnvelopeContents] = {}
    codes, offered = AccessCodes(home, home.standing()), home.verification_states().said
    for envelope in envelopes:
        if envelope.object in school.refused:
            continue
        reason, one = _contents(home, pack, envelope, school.known)
        if one is None:
            left_out[pack.mark(envelope)] = reason
        else:
            contents[envelope.number] = one
    while True:
        mine = [envelope for envelope in envelopes if envelope.number in contents]
        if not mine:
            return _Ready(pack, [], Composed(b"", {}), school, left_out)
        composed = _composed(home, pack, [contents[envelope.number] for envelope in mine])
        expected = [
            expected_envelope(home, school, envelope, contents[envelope.number], codes, offered) for envelope in mine
        ]
        misdirected = recheck_pack(composed.pdf, expected, home.settings.channels.print.duplex)
        if not misdirected:
            return _Ready(pack, mine, composed, school, left_out)
        left_out |= dict.fromkeys(misdirected, "address-changed")
        contents = {number: one for number, one in contents.items() if one.mark not in misdirected}


def _contents(
    home: Home, pack: Pack, envelope: PackedEnvelope, known: Addressees
) -> tuple[str, EnvelopeContents | None]:
    """The bytes that were sealed, compared with the log's digest; or why not."""
    try:
        data = home.store.get(envelope.object)
    except KeyError:
        return "missing", None
    except Refused:  # not what this home put there
        return "changed", None
    if home.people.digest(PersonRef(envelope.recipient), data) != envelope.digest:
        return "changed", None
    enclosed = tuple(document_bytes(home, one) for one in envelope.enclosed)
    identity = known.recipients[PersonRef(envelope.recipient)]
    language = letter_language(home, identity, envelope)
    words = {room: _laid(home, pack.cycle, language, room) for _, room in rooms_in(data)}
    return "", EnvelopeContents(pack.mark(envelope), data, enclosed, words)


def _laid(home: Home, cycle: str, language: str, room: RoomFor) -> LaidWords:
    """What goes into a room of a letter, as of today: it is posted or handed over now, whenever it was sealed."""
    translator = translator_for(language, home.calendar.country)
    if room == "code":
        text = code_words(translator, home.settings.codes.by)
    else:
        until = home.clocks.ask_until(home.today, cycle, (ChannelName.PRINT,))
        name = asked_in(home.settings, language, words_of_home(home.path, (language,))).name
        text = asking_words(translator, name, until, home.clocks.answered_by(until))
    return LaidWords(text, str(translator.locale).replace("_", "-"), translator.direction)


def _composed(home: Home, pack: Pack, contents: Sequence[EnvelopeContents]) -> Composed:
    settings = home.settings
    return compose(
        contents,
        duplex=settings.channels.print.duplex,
        language=settings.institution.languages[0],
        dated=home.calendar.cycle(pack.cycle).query_until,
    )


def _write(home: Home, wish: PrintWish, folder: Path, ready: _Ready, actor: str) -> PrintedPack:
    """The log knows of it before it is there (law 6)."""
    pack, part = ready.pack, len(ready.envelopes) < len(ready.pack.envelopes)
    home.log.append("print", [
        Entry(kind="exported", actor=actor, cycle=wish.cycle, channel=ChannelName.PRINT, object=pack.key,
              digest=digest_of(pack), reason=PRINTED_PART if part else PRINTED, count=len(ready.envelopes))
    ])  # fmt: skip
    lines = list(_lines(home, ready))
    name = f"pack-{pack.number:02}" + (_span(ready.envelopes) if wish.chosen.is_part else "")
    write_private(folder / f"{name}.pdf", ready.composed.pdf)
    dated = home.calendar.cycle(pack.cycle).query_until
    manifest = make_manifest(home.settings, _listed(home, ready, lines), dated, home.calendar.country)
    write_private(folder / f"{name}-list.pdf", manifest)
    write_private(folder / f"{name}-list.csv", make_table(lines))
    pages, sheets = sum(line.pages for line in lines), sum(line.sheets for line in lines)
    return PrintedPack(f"{pack.number:02}", f"{name}.pdf", len(lines), pages, sheets)


def _span(envelopes: Sequence[PackedEnvelope]) -> str:
    return f"_{envelopes[0].number:04}-{envelopes[-1].number:04}"


def _span_of_codes(codes: Sequence[str]) -> str:
    """From the first post code of a pack to its last."""
    return codes[0] if codes[0] == codes[-1] else f"{codes[0]} – {codes[-1]}"


def _lines(home: Home, ready: _Ready) -> Iterator[ManifestLine]:
    duplex, known = home.settings.channels.print.duplex, ready.school.known
    for envelope in ready.envelopes:
        mark = ready.pack.mark(envelope)
        pages = ready.composed.pages[mark]
        yield ManifestLine(
            mark=mark,
            recipient=known.recipients[PersonRef(envelope.recipient)].name,
            students=tuple(
                known.students[ref].name for ref in known.by_name(PersonRef(r.student) for r in envelope.reports)
            ),
            pages=pages,
            sheets=-(-pages // 2) if duplex else pages,
            enclosed=tuple(document_name(home, one) for one in envelope.enclosed),
        )


def _listed(home: Home, ready: _Ready, lines: Sequence[ManifestLine]) -> PackManifest:
    pack, known = ready.pack, ready.school.known
    titles = dict(known.classes.values())
    codes = [" ".join(known.postcode(PersonRef(one.recipient))).strip() for one in ready.envelopes]
    return PackManifest(
        number=f"{pack.number:02}",
        school=ready.school.name,
        cycle=pack.cycle,
        cycle_title=home.settings.institution.called,
        by_class=pack.sort == "class",
        group=titles.get(pack.class_id or "", "") if pack.sort == "class" else _span_of_codes(codes),
        lines=tuple(lines),
    )
