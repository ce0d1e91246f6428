"""`termpost grades`: what it promises beside the numbers."""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.grades.bundle import Answer, Bundle, ask
from tests.tasks.gradebook import NO_SEVEN, new_home

Ask = Callable[..., Answer]


@pytest.fixture
def grades(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    return lambda *arguments: ask(capsys, monkeypatch, *arguments)


def write_policy(folder: Path, text: str) -> Path:
    (folder / "grading.toml").write_text('version = "t"\n' + text)
    return folder / "grading.toml"


def full_bundle() -> tuple[Bundle, str]:
    """A class for each thing that can happen to a grade, and their policy."""
    book = Bundle()
    policy = """[scale]
A = "90"
F = "0"
"""
    # every step of an explanation
    book.klass("all")
    for name, parent in (("p1", "term"), ("p2", "term")):
        book.session(name, "gradingPeriod", parent)
    for category in ("Homework", "Exam"):
        book.category(category.lower(), category)
    worth = (("h1", 40, "31"), ("h2", 24, "17"), ("h3", 10, "6"), ("h4", 20, None), ("h5", 0, "1.5"), ("h6", 30, "29"))
    for item, possible, score in worth:
        book.item(item, "all", "homework", possible, "p1")
        book.mark(item, score, **({"scoreStatus": "not submitted"} if score is None else {}))
    book.item("e1", "all", "exam", 100, "p1")
    book.mark("e1", "66.6", comment="Late", scoreDate="2021-09-11")
    book.item("e2", "all", "exam", 90, "p2")
    book.mark("e2", "71", scoreStatus="partially graded")
    book.item("e3", "all", "exam", 30, "p2")
    book.mark("e3", "20")
    book.item("e4", "all", "exam", 30, "p2")
    book.mark("e4", None, scoreStatus="exempt")
    book.item("e5", "all", "exam", 30, "p2")
    book.item("e6", "all", "exam", 30, "p2")
    book.mark("e6", "30", scoreDate="2021-12-11")
    book.item("e7", "all", "exam", 30, "p2")
    book.mark("e7", "30")
    policy += """[class.all]
aggregate = "weighted"
[class.all.category.Homework]
weight = "40"
drop_lowest = 1
never_drop = ["h3"]
[class.all.category.exam]
weight = "50"
[class.all.late]
percent_per_interval = "2.5"
[class.all.missing]
deduct_percent = "80"
[class.all.period]
p1 = { weight = "30" }
p2 = { weight = "50" }
[class.all.omit]
line_items = ["e7"]
"""
    # sessions as different systems name them: the grade is one
    for number, terms in enumerate(("term", "year", "a1,a2", "b1,b2")):
        if number > 1:
            for part in terms.split(","):
                book.session(part, "gradingPeriod", "term" if number == 2 else "")
        parts = terms.split(",") if number > 1 else ["p1", "p2"]
        book.klass(f"terms{number}", terms=terms)
        for part, score in zip(parts, ("95.13", "87.6"), strict=True):
            book.item(f"t{number}-{part}", f"terms{number}", "exam", 100, part)
            book.mark(f"t{number}-{part}", score)
            weight = {"95.13": "25", "87.6": "75"}[score]
            policy += f'[class.terms{number}.period.{part}]\nweight = "{weight}"\n'
    # a grade of the whole year's two terms, of which only one has weights
    book.session("spring", "term", "year", "2022-01-04", "2022-05-28")
    book.klass("two", terms="term,spring")
    for session, score in (("term", "80"), ("spring", "90")):
        book.item(f"two-{session}", "two", "exam", 100, session)
        book.mark(f"two-{session}", score)
    # weights that are not there, imported grades
    book.klass("null")
    book.item("n1", "null", "exam", 10)
    book.mark("n1", "9")
    policy += '[class.null]\naggregate = "weighted"\n'
    for class_id, cells in (
        ("percent", {"percent": "88.5"}), ("letter", {"grade": "B+"}), ("withdrew", {"note": "W"}),
        ("agrees", {"percent": "90"}),
    ):  # fmt: skip
        book.klass(class_id)
        book.item(f"i-{class_id}", class_id, "exam", 10)
        book.mark(f"i-{class_id}", "9")
        book.add("supplement/grades.csv", studentSourcedId="s1", classSourcedId=class_id,
                 academicSessionSourcedId="term", **cells)  # fmt: skip
        policy += f'[class.{class_id}]\ngrade_of_record = "imported"\n'
    return book, policy


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("full")
    book, policy = full_bundle()
    return book.write(folder / "x"), write_policy(folder, policy)


@pytest.fixture
def answer(full: tuple[Path, Path], grades: Ask, request: pytest.FixtureRequest) -> Answer:
    kept: dict[str, Answer] = request.node.session.__dict__.setdefault("_full_answer", {})
    if not kept:
        kept["it"] = grades(full[0], "--policy", full[1], "--as-of", "2021-12-10", "--json")
    assert (kept["it"].code, kept["it"].err) == (0, "")
    return kept["it"]


def test_the_answer_has_the_promised_keys(answer: Answer) -> None:
    value = answer.json
    assert set(value) == {"policy", "as_of", "courses", "periods"}
    assert value["policy"].startswith("t+")
    assert value["as_of"] == "2021-12-10"
    assert {tuple(sorted(c)) for c in value["courses"]} == {tuple(sorted(
        ("student", "class", "session", "current", "letter", "final", "current_points", "current_possible",
         "final_points", "final_possible", "current_letter", "if_missing", "missing", "to_mark", "left", "moved_from",
         "beside")
    ))}  # fmt: skip
    assert {tuple(p) for p in value["periods"]} == {("student", "class", "session", "current", "final")}


@pytest.mark.parametrize("number", range(4))
def test_grading_periods_make_one_grade_however_a_class_names_its_sessions(answer: Answer, number: int) -> None:
    course = answer.course(f"terms{number}")
    assert (course["current"], course["final"]) == ("89.48", "89.48")
    parts = [p["current"] for p in answer.json["periods"] if p["class"] == f"terms{number}"]
    assert sorted(parts) == ["87.60", "95.13"]


def test_a_class_of_two_terms_has_a_grade_of_each(answer: Answer) -> None:
    found = {c["session"]: c["current"] for c in answer.json["courses"] if c["class"] == "two"}
    assert found == {"term": "80.00", "spring": "90.00"}


def test_all_weights_null_are_no_grade(answer: Answer) -> None:
    course = answer.course("null")
    assert (course["current"], course["final"], course["letter"]) == (None, None, None)
    assert (course["current_points"], course["current_possible"]) == ("9", "10")


def test_what_is_imported_is_told_as_it_is(answer: Answer) -> None:
    found = {c["class"]: (c["current"], c["final"], c["letter"]) for c in answer.json["courses"]}
    assert found["percent"] == ("90.00", "88.5", "F")
    assert found["letter"] == ("90.00", None, "B+")
    assert found["withdrew"] == ("90.00", None, "W")
    assert found["agrees"] == ("90.00", "90", "A")


def derive(total: dict[str, Any], items: dict[str, dict[str, Any]], name: str) -> Fraction:
    """The grade from the explanation alone, as a registrar would compute it."""
    periods = []
    for part in total["parts"]:
        weighed: list[tuple[Fraction, Fraction]] = []
        for category in part["categories"]:
            mine = [i for i in items.values() if (i["category"], i["period"]) == (category["category"], part["period"])]
            counted = [i for i in mine if i[name] == "counts"]
            assert sorted(i["line_item"] for i in counted) == category["counted"]
            earned = sum((Fraction(i["counts_as"]) for i in counted), Fraction())
            possible = sum((Fraction(i["possible"]) for i in counted), Fraction())
            assert (earned, possible) == (Fraction(category["points"]), Fraction(category["possible"]))
            assert Fraction(category["percent"]) == earned / possible * 100
            weighed.append((Fraction(category["weight"]), earned / possible * 100))
        weights = sum((w for w, _ in weighed), Fraction())
        percent = sum((w * p for w, p in weighed), Fraction()) / min(weights, Fraction(100))
        assert Fraction(part["unrounded"]) == percent
        assert abs(Fraction(part["percent"]) - percent) <= Fraction("0.005")
        periods.append((Fraction(part["weight"]), Fraction(part["percent"])))
    return sum((w * p for w, p in periods), Fraction()) / min(sum(w for w, _ in periods), 100)


def test_an_explanation_adds_up_by_hand(full: tuple[Path, Path], grades: Ask, answer: Answer) -> None:
    said = grades(full[0], "--policy", full[1], "--as-of", "2021-12-10", "--explain", "s1", "all", "--json")
    (course,) = said.json["explained"]
    items = {item["line_item"]: item for item in course["items"]}
    for name in ("current", "final"):
        value = derive(course[name], items, name)
        assert Fraction(course[name]["unrounded"]) == value
        assert abs(Fraction(course[name]["percent"]) - value) <= Fraction("0.005")
        assert course[name]["percent"] == answer.course("all")[name]
    told = {i: (item["state"], item["counts_as"], item["current"], item["final"]) for i, item in items.items()}
    assert told["h1"] == ("graded", "31", "counts", "counts")
    assert told["h4"] == ("missing", "4", "dropped: lowest", "dropped: lowest")
    assert told["h5"] == ("graded", "1.5", "counts", "counts")
    assert told["e1"] == ("graded", "59.1", "counts", "counts")  # three days late, 2.5 points each
    assert (items["e1"]["late_deduction"], items["e1"]["late_intervals"]) == ("7.5", 3)
    assert told["e2"] == ("awaits_review", "71", "left out: awaits review", "counts")
    assert told["e4"] == ("excused", "0", "left out: excused", "left out: excused")
    assert told["e5"] == ("ungraded", "0", "left out: no mark yet", "left out: no mark yet")
    assert told["e6"] == ("later", "0", "left out: after the cut-off", "left out: after the cut-off")
    assert told["e7"] == ("practice", "0", "left out: omitted by the policy", "left out: omitted by the policy")


def test_an_explanation_is_a_table_for_people(full: tuple[Path, Path], grades: Ask) -> None:
    said = grades(full[0], "--policy", full[1], "--as-of", "2021-12-10", "--explain", "s1", "all")
    assert said.code == 0
    for words in ("dropped: lowest", "late: −7.5 for 3", "period p1, weight 30", "category Homework, weight 40",
                  "half-up to 2 places"):  # fmt: skip
        assert words in said.out


@pytest.mark.parametrize(
    ("who", "words"),
    [(("s9", "all"), "no such student is enrolled"), (("s1", "none"), "the extract has no such class")],
)
def test_an_unknown_student_or_class_is_one_clear_line(
    full: tuple[Path, Path], grades: Ask, who: tuple[str, str], words: str
) -> None:
    said = grades(full[0], "--explain", *who)
    assert said.code == 1
    assert said.err.startswith(f"termpost: {words} (--explain): ")
    assert len(said.err.splitlines()) == 1


def test_the_cut_off_is_as_of(full: tuple[Path, Path], grades: Ask) -> None:
    said = grades(full[0], "--policy", full[1], "--as-of", "2021-09-07T23:00:00-05:00", "--json")
    assert said.json["as_of"] == "2021-09-07"
    course = said.course("terms0")
    assert (course["current"], course["final"]) == (None, None)
    assert grades(full[0], "--as-of", "soon").err.startswith(
        "termpost: this is neither a date nor an instant (--as-of)"
    )


def test_a_row_that_the_check_quarantines_does_not_count_and_is_said(tmp_path: Path, grades: Ask) -> None:
    book = Bundle()
    book.klass("c")
    book.category("work", "Work")
    for item, score in (("a", "8"), ("b", "nine"), ("c", "5")):
        book.item(item, "c", "work", 10)
        book.mark(item, score)
    said = grades(book.write(tmp_path / "x"), "--json")
    assert said.code == 0
    assert said.err == (
        "termpost: 1 row does not count, quarantined by the check, which would hold 1 student: see `termpost check`\n"
    )
    assert (said.course("c")["current"], said.course("c")["final"]) == ("65", "65")
    assert said.json["policy"].startswith("1+")  # the starter policy
    text = (tmp_path / "x/users.csv").read_text().replace("role,", "rolle,")
    (tmp_path / "x/users.csv").write_text(text)
    said = grades(tmp_path / "x")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("termpost: the extract was rejected, so there are no grades")


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ('[category.Exams]\nweight = "50"\n', "line 2 [category] Exams", 'no category "Exams"'),
        ('[category.Exam]\nweight = "5"\n[category.Homework]\nweight = "5"\nnever_drop = ["h1", "h9"]\n',
         "line 6 [category.Homework] never_drop", 'no line item "h9"'),
        ('[omit]\nline_items = [\n  "h1",\n  "h8",\n]\n', "line 5 [omit] line_items", 'no line item "h8"'),
        ('[period.p3]\nweight = "5"\n', "line 2 [period] p3", 'no session "p3"'),
        ('[class.alll]\naggregate = "points"\n', "line 2 [class] alll", 'no class "alll"'),
        ('[category.Exam]\nweight = "50"\n', "[category]", "category Homework has no weight"),
        ('[class.all.period.p1]\nweight = "5"\n', "[period]", "session p2 has line items and no weight"),
        ('[category.Exam]\nweigth = "50"\n', "line 3 [category.Exam] weigth", "not known"),
    ],
)  # fmt: skip
def test_a_policy_that_does_not_fit_is_refused_with_its_line(
    full: tuple[Path, Path], grades: Ask, tmp_path: Path, text: str, where: str, what: str
) -> None:
    said = grades(full[0], "--policy", write_policy(tmp_path, text))
    assert said.code == 1
    assert what in said.err
    assert f"grading.toml {where}" in said.err
    assert len(said.err.splitlines()) == 1


def test_the_answer_is_the_same_for_a_zip_and_in_any_order_of_rows(
    tmp_path: Path, full: tuple[Path, Path], grades: Ask, answer: Answer
) -> None:
    import shutil

    for path in full[0].glob("*.csv"):
        header, *rows = path.read_text().splitlines()
        (tmp_path / path.name).write_text("\n".join([header, *reversed(rows)]) + "\n")
    (tmp_path / "supplement").mkdir()
    shutil.copy(full[0] / "supplement/grades.csv", tmp_path / "supplement")
    shutil.make_archive(str(tmp_path.parent / "shuffled"), "zip", tmp_path)
    said = grades(tmp_path.parent / "shuffled.zip", "--policy", full[1], "--as-of", "2021-12-10", "--json")
    assert json.loads(said.out) == answer.json


def test_a_rule_of_the_home_counts(grades: Ask, tmp_path: Path) -> None:
    home = new_home(tmp_path / "home").path
    book = Bundle()
    book.klass("c1")
    book.category("tests", "Tests")
    book.item("one", "c1", "tests", 10)
    book.item("two", "c1", "tests", 10)
    book.mark("one", 7)
    book.mark("two", 10)
    extract = book.write(tmp_path / "extract")
    said = (extract, "--home", home, "--as-of", "2021-12-17", "--json")
    assert grades(*said).course("c1")["final"] == "85"
    (home / "contracts").mkdir()
    (home / "contracts" / "results.odcs.yaml").write_text(NO_SEVEN)
    found = grades(*said)
    assert found.course("c1")["current"] == "100"
    assert "1 row does not count" in found.err
