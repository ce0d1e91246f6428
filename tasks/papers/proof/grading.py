"""The lists of the proof pack about grading: questions and what was decided, sign-offs, and who left."""

from termpost.tasks.documents.printed import PrintedValue
from termpost.tasks.papers.proof.grading_facts import QuestionFact, SaidFact
from termpost.tasks.papers.proof.list_writer import ListWriter, RawRow, SchoolListing, as_text


class GradingLists(ListWriter):
    """One school's."""

    def all(self) -> list[SchoolListing]:
        """Every list, in the order they are read."""
        return [self.questions(), self.sign_offs(), self.leavers(), self.unreported(), self.warned()]

    def questions(self) -> SchoolListing:
        """What was asked about grades, and what became of it."""
        rows, raw = [], []
        for one in self.facts.grading.questions:
            question, title = one.asked.question, self.facts.title(one.class_id)
            who = self._who(one.ref) if one.ref else (as_text(self._say("whole_class")), as_text(""))
            words = one.said.words if one.said else ""
            cells = (title, question.cause, one.about, self._state(one), words)
            rows.append((*who, *(as_text(cell) for cell in cells)))
            raw.append((
                self.school, question.cause, one.class_id, title, question.line_item_id, one.about, question.part_id,
                *(self._raw_who(one.ref)[1:] if one.ref else ("", "")), one.asked.students, _code(one), *_raw(one.said),
            ))  # fmt: skip
        head = ("student", "number", "course", "reason", "piece", "state", "words")
        return self._told("questions.csv", "questions", head, 0, rows, raw)

    def sign_offs(self) -> SchoolListing:
        """Whose grading is complete, and by whose word."""
        rows: list[tuple[PrintedValue, ...]] = []
        raw: list[RawRow] = []
        for one in self.facts.grading.sign_offs:
            title = self.facts.title(one.class_id) if one.class_id else self._say("whole_school")
            day = self.translator.day(one.said.day) if one.said.day else ""
            rows.append(tuple(as_text(cell) for cell in (title, self._by(one.said), day, one.said.words)))
            raw.append((self.school, one.class_id, title, *_raw(one.said), one.said.day))
        return self._told("sign-offs.csv", "sign_offs", ("course", "said_by", "day", "words"), 0, rows, raw)

    def leavers(self) -> SchoolListing:
        """Who left every class."""
        found = self.facts.grading.leavers
        rows = [(*self._who(one.ref), as_text(self.translator.day(one.last_day))) for one in found]
        raw = [(*self._raw_who(one.ref), one.last_day) for one in found]
        return self._told("leavers.csv", "leavers", ("student", "number", "day"), 0, rows, raw)

    def unreported(self) -> SchoolListing:
        """Who has no report and is not held, and why."""
        found = self.facts.unreported
        rows = [
            (*self._who(one.student), as_text(self._say(f"no_report_{one.reason.replace('-', '_')}"))) for one in found
        ]
        raw = [(*self._raw_who(one.student), one.reason) for one in found]
        return self._told("unreported.csv", "unreported", ("student", "number", "words"), 0, rows, raw)

    def warned(self) -> SchoolListing:
        """What teachers changed on progress notices."""
        rows, raw = [], []
        for one in self.facts.grading.warned:
            title, said = self.facts.title(one.class_id), one.said
            values = {"decision": one.way, "by": said.by}
            state = self._say("decided_for", **values, teacher=said.teacher) if said.teacher else self._say(
                "decided", **values
            )  # fmt: skip
            rows.append((*self._who(one.ref), *(as_text(cell) for cell in (title, one.reason, state, said.words))))
            raw.append((*self._raw_who(one.ref), one.class_id, title, one.way, one.reason, *_raw(said)))
        head = ("student", "number", "course", "reason", "state", "words")
        return self._told("warnings.csv", "warned", head, 0, rows, raw)

    def _by(self, said: SaidFact) -> str:
        return self._say("said_for", by=said.by, teacher=said.teacher) if said.teacher else said.by

    def _state(self, one: QuestionFact) -> str:
        if one.asked.decision is None or one.said is None:
            return self._say("is_open" if one.asked.is_open else "signed_off")
        values = {"decision": one.asked.decision.way, "by": one.said.by}
        return self._say("decided_for", **values, teacher=one.said.teacher) if one.said.teacher else self._say(
            "decided", **values
        )  # fmt: skip


def _code(one: QuestionFact) -> str:
    if one.asked.decision is not None:
        return one.asked.decision.way
    return "open" if one.asked.is_open else "settled"


def _raw(said: SaidFact | None) -> RawRow:
    return (said.by, said.teacher, said.words) if said else ("", "", "")
