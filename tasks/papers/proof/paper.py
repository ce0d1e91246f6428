"""The proof pack's paper: an overview of all schools, then each school's lists."""

from collections.abc import Mapping, Sequence

from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.frame import PaperPart, frame_of, set_paper
from termpost.tasks.documents.printed import PrintedValue, VisibleText
from termpost.tasks.documents.wording import Translator, translator_for
from termpost.tasks.papers.proof.facts import SchoolFacts
from termpost.tasks.papers.proof.grading import GradingLists
from termpost.tasks.papers.proof.list_writer import Listing, narrow_of
from termpost.tasks.papers.proof.listing import Lists
from termpost.tasks.papers.proof.samples import Sample


class ProofPart(PaperPart):
    """The overview, or one school."""

    glance: tuple[VisibleText, ...]
    listings: tuple[Listing, ...]


class Counts(FrozenModel):
    """One school, or all of them, in numbers."""

    due: int
    made: int
    held: int
    released: int
    courses: int
    without_grade: int
    missing: int
    late: int

    def __add__(self, other: "Counts") -> "Counts":
        mine, others = self.model_dump(), other.model_dump()
        return Counts(**{key: mine[key] + others[key] for key in mine})


def counts_of(facts: SchoolFacts, released: frozenset[str]) -> Counts:
    """Counts of one school; `released` are reports that are out, in whichever version."""
    prepared = facts.school.prepared
    return Counts(
        due=len(facts.students),
        made=len(prepared.reports),
        held=len(prepared.held_students),
        released=sum(report.report in released for report in prepared.reports),
        courses=sum(student.courses for student in facts.students),
        without_grade=sum(one.without_grade for one in facts.classes),
        missing=sum(student.missing for student in facts.students),
        late=sum(student.late for student in facts.students),
    )


def make_proof(
    settings: Settings, schools: Sequence[SchoolFacts], samples: Mapping[str, Sample], released: frozenset[str],
    country: str = "",
) -> bytes:  # fmt: skip
    """PDF/UA-1 for whoever releases.

    Args:
        samples: by the name of their file.
        released: reports that are out already.
        country: ISO 3166-1, by which dates and numbers are written.

    Raises InputError where no font covers a character.
    """
    language = settings.institution.languages[0]
    translator = translator_for(language, country)
    first = schools[0].school
    frame = frame_of(settings, translator, language, translator.text("proof", "title"), first.cycle_title)
    stamp = f"{first.prepared.cycle} · {first.prepared.extract_id[:12]}"
    overview = ProofPart(
        school=settings.institution.name, name=first.cycle_title, running=first.cycle_title, stamp=stamp,
        glance=(*_drafts(schools, translator), translator.text("proof", "lead"), translator.text("proof", "private")),
        listings=(_by_school(schools, released, translator), _samples(schools, samples, translator)),
    )  # fmt: skip
    parts = [overview, *(_of_school(facts, released, stamp, translator) for facts in schools)]
    return set_paper("proof.typ", frame, parts, {}, first.prepared.cutoff)


def _drafts(schools: Sequence[SchoolFacts], translator: Translator) -> tuple[str, ...]:
    """Before everything else, that nobody may release these."""
    return (translator.text("proof", "draft"),) if any(facts.school.prepared.draft for facts in schools) else ()


def _by_school(schools: Sequence[SchoolFacts], released: frozenset[str], translator: Translator) -> Listing:
    counted = [(facts.school.name, counts_of(facts, released)) for facts in schools]
    if len(counted) > 1:
        total = counted[0][1]
        for _, counts in counted[1:]:
            total += counts
        counted.append((translator.text("proof", "total"), total))
    rows = tuple(
        (PrintedValue(text=name), *(PrintedValue(text=translator.whole(n)) for n in counts.model_dump().values()))
        for name, counts in counted
    )
    head = ("school", *Counts.model_fields)
    return Listing(
        title=translator.text("proof", "counts_title"), about=translator.text("proof", "counts_about"), rows=rows,
        head=tuple(translator.text("proof", f"col_{name}") for name in head), numbers=len(head) - 1, empty="",
    )  # fmt: skip


def _samples(schools: Sequence[SchoolFacts], samples: Mapping[str, Sample], translator: Translator) -> Listing:
    people = {ref: person for facts in schools for ref, person in facts.people.items()}
    rows = []
    for file, sample in samples.items():
        person = people[PersonRef(sample.candidate.report.student)]
        texts = (file, person.name, person.number, translator.text("proof", f"why_{sample.why}"))
        rows.append(tuple(PrintedValue(text=text) for text in texts))
    head = ("file", "student", "number", "why")
    return Listing(
        title=translator.text("proof", "samples_title"), about=translator.text("proof", "samples_about"),
        head=tuple(translator.text("proof", f"col_{name}") for name in head), rows=tuple(rows),
        numbers=0, empty=translator.text("proof", "none"), narrow=narrow_of(head),
    )  # fmt: skip


def _of_school(facts: SchoolFacts, released: frozenset[str], stamp: str, translator: Translator) -> ProofPart:
    lists = Lists(facts, translator)
    listings = [told.listing for told in lists.all()]
    grading = [told.listing for told in GradingLists(facts, translator).all() if told.listing.rows]
    return ProofPart(
        school=facts.school.name,
        name=facts.school.name,
        running=facts.school.name,
        stamp=stamp,
        glance=_glance(lists, counts_of(facts, released), translator),
        listings=(listings[0], _reasons(facts, translator), *grading, *listings[1:]),
    )


def _reasons(facts: SchoolFacts, translator: Translator) -> Listing:
    """Holds that wait, counted by reason."""
    prepared = facts.school.prepared
    students = {reason: {hold.student for hold in prepared.holds if hold.reason == reason}
                for reason in sorted({hold.reason for hold in prepared.holds})}  # fmt: skip
    head = ("reason", "students")
    return Listing(
        title=translator.text("proof", "reasons_title"), about="", numbers=1, empty=translator.text("proof", "none"),
        head=tuple(translator.text("proof", f"col_{name}") for name in head),
        rows=tuple(
            (PrintedValue(text=reason), PrintedValue(text=translator.whole(len(who))))
            for reason, who in students.items()
        ),
    )  # fmt: skip


def _glance(lists: Lists, counts: Counts, translator: Translator) -> tuple[str, ...]:
    facts = lists.facts
    versions = sum(report.version > 1 for report in facts.school.prepared.reports)
    sentences = [
        translator.text("proof", "made_of", made=translator.whole(counts.made), due=translator.whole(counts.due)),
        translator.plural("proof", "held_n", counts.held),
        *(
            [translator.plural("proof", "questions_n", open_ones)]
            if (open_ones := facts.grading.open_questions)
            else []
        ),
        translator.plural("proof", "differ_n", len(facts.differences)),
        translator.plural("proof", "odd_n", len(lists.outliers)),
        translator.plural("proof", "versions_n", versions),
    ]
    if facts.earlier is not None:
        day = translator.day(facts.earlier.date())
        sentences.append(translator.plural("proof", "changed_n", len(facts.changes), day=day))
    if facts.trends:
        up = sum(trend.change > 0 for trend in facts.trends)
        down = sum(trend.change < 0 for trend in facts.trends)
        numbers = {
            "up": translator.whole(up),
            "down": translator.whole(down),
            "all": translator.whole(len(facts.trends)),
        }
        sentences.append(translator.text("proof", "trend_n", **numbers))
    return tuple(sentences)
