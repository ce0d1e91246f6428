"""The school's own words on a report: which it prints, and the report with them in another language."""

from collections.abc import Callable, Mapping

from termpost.schemas.documents.report import CategoryPart, Course, Phrase, Report, SchoolWords, Standard
from termpost.tasks.documents.words.school_words import SchoolTerms, WordKind

Say = Callable[[WordKind, str], str]
# placeholders of a sentence that hold a word of the school
HELD: Mapping[str, WordKind] = {"course": "course", "title": "part", "name": "part"}


def printed_words(report: Report) -> frozenset[tuple[WordKind, str]]:
    """Kind and text of every word that can be translated."""
    found: set[tuple[WordKind, str]] = set()

    def note(kind: WordKind, word: str) -> str:
        if word.strip():
            found.add((kind, word))
        return word

    _said(report, note)
    return frozenset(found)


def with_words(report: Report, tables: Mapping[str, SchoolTerms]) -> Report:
    """The report with those of its words that are translated, by language: its bytes come from them too."""
    if not any(tables.values()):
        return report
    printed = sorted(printed_words(report))
    words = []
    for language, table in sorted(tables.items()):
        said = tuple((kind, word, table[kind, word]) for kind, word in printed if (kind, word) in table)
        if said:
            words.append(SchoolWords(language=language, said=said))
    return report.model_copy(update={"words": tuple(words)})


def in_words_of(report: Report, language: str) -> Report:
    """The report as it is read in a language: each translated word in place of the school's."""
    table = {(kind, word): said for one in report.words if one.language == language for kind, word, said in one.said}
    return _said(report, lambda kind, word: table.get((kind, word), word)) if table else report


def _said(report: Report, say: Say) -> Report:
    changes: dict[str, object] = {
        "session_title": say("term", report.session_title),
        "cycle_title": say("term", report.cycle_title),
        "courses": tuple(_course(course, say) for course in report.courses),
        "method": tuple(_phrase(sentence, say) for sentence in report.method),
        "notes": tuple(_phrase(sentence, say) for sentence in report.notes),
        "ask": report.ask.model_copy(update={"name": say("office", report.ask.name)}),
        "policies": tuple(one.model_copy(update={"title": say("policy", one.title)}) for one in report.policies),
    }
    if report.correction:
        moved = tuple(one.model_copy(update={"course": say("course", one.course)}) for one in report.correction.changes)
        changes["correction"] = report.correction.model_copy(update={"changes": moved})
    return report.model_copy(update=changes)


def _course(course: Course, say: Say) -> Course:
    basis = course.basis
    lacking = {
        "empty": tuple(say("part", part) for part in basis.empty),
        "empty_as_zero": tuple(say("part", part) for part in basis.empty_as_zero),
        "moved_from": say("course", basis.moved_from) if basis.moved_from else None,
    }
    return course.model_copy(
        update={
            "title": say("course", course.title),
            "basis": basis.model_copy(update=lacking),
            "categories": tuple(_category(part, say) for part in course.categories),
            "standards": tuple(_standard(standard, say) for standard in course.standards),
        }
    )


def _category(part: CategoryPart, say: Say) -> CategoryPart:
    said = {"title": say("part", part.title)}
    said |= {"period": say("part", part.period)} if part.period else {}
    said |= {"word": say("level", part.word)} if part.word else {}
    return part.model_copy(update=said)


def _standard(standard: Standard, say: Say) -> Standard:
    level = {"level": say("level", standard.level)} if standard.level else {}
    return standard.model_copy(update={"title": say("goal", standard.title), **level})


def _phrase(sentence: Phrase, say: Say) -> Phrase:
    texts = tuple((name, say(HELD[name], text) if name in HELD else text) for name, text in sentence.texts)
    shares = tuple((say("part", name), percent) for name, percent in sentence.shares)
    return sentence.model_copy(update={"texts": texts, "shares": shares})
