"""What there is to print in one school of a cycle: its envelopes, its people, and what was released to go in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import ExtractId
from termpost.schemas.documents.pack import Insert, Pack, Sort
from termpost.schemas.log.entry import Logged
from termpost.tasks.channels.print.addressees import Addressees, addressees_of, may_have
from termpost.tasks.channels.print.envelope_status import StoredEnvelope, stored_envelopes
from termpost.tasks.channels.print.inserts import joins, lay_statements, released_documents
from termpost.tasks.channels.print.pack_registry import PackRegistry
from termpost.tasks.channels.print.sort import into_packs
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.lake.school_names import school_names
from termpost.tasks.rights.rights_decisions import RightsDecisions, open_rights_decisions
from termpost.tasks.stage.manifests import read_prepared, refuse_unknown_school


@dataclass(frozen=True)
class SchoolPrint:
    """One school's part of the print area."""

    school: str
    name: str
    envelopes: dict[str, StoredEnvelope]  # by object
    refused: dict[str, str]  # object → reason of envelope_status.REASONS
    known: Addressees
    enclosed: dict[str, tuple[Insert, ...]]  # object → what else goes in

    @property
    def printable(self) -> list[StoredEnvelope]:
        return [one for key, one in self.envelopes.items() if key not in self.refused]


def gather(home: Home, cycle: str, entries: Sequence[Logged], only: str | None) -> list[SchoolPrint]:
    """Every school of the cycle that has envelopes, by name.

    Raises:
        InputError: `not-prepared`, `nothing-to-print`, `unknown-school`.
    """
    prepared = {one.school: ExtractId(one.extract_id) for one in read_prepared(home, cycle)}
    refuse_unknown_school(home, only, cycle)
    stored = [one for one in stored_envelopes(entries, cycle) if only in (None, one.school) and one.school in prepared]
    if not stored:
        raise InputError("nothing-to-print", "no envelope of this cycle was made", f"cycle {cycle}",
                         "release it first, with print among the channels")  # fmt: skip
    schools = {one.school for one in stored}
    decisions = open_rights_decisions(home, entries)
    found = [
        _school(home, cycle, entries, s, prepared[s], [x for x in stored if x.school == s], decisions) for s in schools
    ]
    return sorted(found, key=lambda one: (one.name, one.school))


def _school(
    home: Home, cycle: str, entries: Sequence[Logged], school: str, extract_id: ExtractId,
    stored: Sequence[StoredEnvelope], decisions: RightsDecisions,
) -> SchoolPrint:  # fmt: skip
    with open_lake(home.lake) as lake:
        known = addressees_of(home, lake, extract_id, cycle, [one for one in stored if one.done is None], decisions)
        name = school_names(lake, extract_id).get(school, home.settings.institution.name)
    refused = {
        one.object: one.done or "no-right" for one in stored if one.done is not None or not may_have(home, known, one)
    }
    laid = lay_statements(home, cycle, school, entries, {ref: who.name for ref, who in known.students.items()}, stored)
    documents = released_documents([*entries, *laid], cycle, school)
    enclosed = {one.object: joins(documents, one.students) for one in stored}
    return SchoolPrint(school, name, {one.object: one for one in stored}, refused, known, enclosed)


def new_packs(cycle: str, schools: Iterable[SchoolPrint], registry: PackRegistry, sort: Sort, anew: bool) -> list[Pack]:
    """Packs for what is in none, or was in one with other content; with `anew` for everything."""
    made: list[Pack] = []
    pack, envelope = registry.next_pack, registry.next_envelope
    for school in schools:
        fresh = [one for one in school.printable if anew or not _is_packed(one, school, registry)]
        packs = into_packs(cycle, school.school, fresh, school.known, sort, school.enclosed, pack, envelope)
        made += packs
        pack, envelope = pack + len(packs), envelope + len(fresh)
    return made


def refuse_other_sort(schools: Iterable[SchoolPrint], registry: PackRegistry, sort: Sort) -> None:
    """Raises InputError `sorted-otherwise` where envelopes to print are in packs by something else already."""
    if any(
        registry.now[one.object][0].sort != sort
        for school in schools for one in school.printable if _is_packed(one, school, registry)
    ):  # fmt: skip
        raise InputError("sorted-otherwise", "these envelopes are in packs that are sorted otherwise", "--sort",
                         "leave --sort out, or add --anew: everything not yet posted gets new marks")  # fmt: skip


def _is_packed(one: StoredEnvelope, school: SchoolPrint, registry: PackRegistry) -> bool:
    found = registry.now.get(one.object)
    return found is not None and found[1].content == (one.object, one.digest, school.enclosed[one.object])
