"""A made-up term as what termpost reads: a OneRoster bundle and a grading.toml."""

from fractions import Fraction
from pathlib import Path

from tests.grades.bundle import Bundle
from tests.grades.world import CategoryKeys, ClassKeys, World, WorldResult


def text(value: Fraction | None) -> str:
    """An exact decimal, as it stands in a file."""
    if value is None:
        return ""
    whole, places = value, 0
    while whole.denominator != 1:
        whole, places = whole * 10, places + 1
        assert places <= 6, value
    digits = f"{whole.numerator:0{places + 1}}"
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def flag(value: bool | None) -> str:
    return "" if value is None else str(value).lower()


def write_world(world: World, folder: Path) -> tuple[Path, Path]:
    """The folder of the extract and the policy."""
    book = Bundle(version=world.version)
    book.rows = {"orgs.csv": book.rows["orgs.csv"]}
    for name, (begin, end, parent) in world.sessions.items():
        kind = {"year": "schoolYear", "term": "term"}.get(name, "gradingPeriod")
        book.session(name, kind, parent, begin.isoformat(), end.isoformat())
    for category in world.categories.values():
        weight = {"weight": text(category.weight)} if world.version == "1.2" else {}
        book.add("categories.csv", sourcedId=category.name, title=category.title, **weight)
    for course in sorted({klass.course for klass in world.classes.values()}):
        book.add("courses.csv", sourcedId=course, title=f"Course {course}", courseCode=course, orgSourcedId="school")
    for klass in world.classes.values():
        book.add("classes.csv", sourcedId=klass.name, title=f"Class {klass.name}", courseSourcedId=klass.course,
                 classType="scheduled", schoolSourcedId="school", termSourcedIds=klass.session)  # fmt: skip
    for person in sorted({seat.student for seat in world.seats}):
        book.student(person)
    for number, seat in enumerate(world.seats):
        book.add("enrollments.csv", sourcedId=f"e{number}", classSourcedId=seat.klass, schoolSourcedId="school",
                 userSourcedId=seat.student, role="student", beginDate=seat.begin.isoformat() if seat.begin else "",
                 endDate=seat.end.isoformat() if seat.end else "")  # fmt: skip
    for piece in world.pieces.values():
        book.item(piece.name, piece.klass, piece.category, text(piece.worth), piece.session, title=piece.title,
                  assignDate="", dueDate=piece.due.isoformat() if piece.due else "",
                  resultValueMin=text(piece.lowest))  # fmt: skip
    for result in world.results.values():
        _result(book, world, result)
    for (class_id, student), one in world.imported.items():
        book.add("supplement/grades.csv", studentSourcedId=student, classSourcedId=class_id, grade=one.grade or "",
                 academicSessionSourcedId="term", percent=text(one.percent), note=one.note)  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    policy = folder / "grading.toml"
    policy.write_text(policy_text(world))
    return book.write(folder / "extract"), policy


def _result(book: Bundle, world: World, result: WorldResult) -> None:
    if world.version == "1.2":
        cells = {
            "late": flag(result.late),
            "missing": flag(result.is_missing),
            "incomplete": flag(result.is_incomplete),
        }
    else:
        cells = {"comment": "Late" if result.late else ""}
    score = None if result.score is None else text(result.score)
    book.mark(result.piece, score, result.student, scoreStatus=result.status, scoreDate=result.day.isoformat(), **cells)


def policy_text(world: World) -> str:
    """Everything by class, but for what holds for all."""
    lines = ['version = "made"', "max_percent = 100000", f'merge_sections = "{world.merge_sections}"',
             f"drop_window = {world.drop_window}"]  # fmt: skip
    if world.course_moves:
        lines.append("course_moves = [" + ", ".join(_list(group) for group in world.course_moves) + "]")
    lines.append(f"[unmarked]\nshare = {world.unmarked_share}")
    for klass in world.classes.values():
        lines += _class_lines(klass.name, klass.keys)
    return "\n".join(lines) + "\n"


def _list(values: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{value}"' for value in values) + "]"


def _class_lines(name: str, keys: ClassKeys) -> list[str]:
    head = f'[class."{name}"'
    lines = [f"{head}]", f'rounding = {{ places = {keys.places}, mode = "{keys.mode}" }}',
             f'scale_by = "{keys.scale_by}"', f'grade_of_record = "{keys.grade_of_record}"',
             f"periods_round_first = {str(keys.periods_round_first).lower()}"]  # fmt: skip
    lines += [f'aggregate = "{keys.aggregate}"'] if keys.aggregate else []
    lines += [f'better = "{keys.better}"'] if keys.better else []
    lines += [f"{head}.scale]", *(f'"{letter}" = "{text(lower)}"' for letter, lower in keys.scale.items())]
    for title, rule in keys.categories.items():
        lines += [f'{head}.category."{title}"]', *_category_lines(rule)]
    if keys.late_percent is not None:
        lines += [f"{head}.late]", f'percent_per_interval = "{text(keys.late_percent)}"',
                  f'interval = "{keys.late_interval}"', f'floor_percent = "{text(keys.late_floor)}"',
                  f"by_score_date = {str(keys.late_by_score_date).lower()}"]  # fmt: skip
    if keys.missing_deduct is not None:
        lines += [f"{head}.missing]", f'deduct_percent = "{text(keys.missing_deduct)}"']
    for period, weight in keys.periods.items():
        lines += [f'{head}.period."{period}"]', f'weight = "{text(weight)}"']
    if keys.omit:
        lines += [f"{head}.omit]", f"line_items = {_list(keys.omit)}"]
    return lines


def _category_lines(rule: CategoryKeys) -> list[str]:
    lines = [] if rule.weight is None else [f'weight = "{text(rule.weight)}"']
    lines += [] if rule.aggregate == "points" else [f'aggregate = "{rule.aggregate}"']
    for key in ("drop_lowest", "drop_highest", "keep_highest"):
        lines += [f"{key} = {getattr(rule, key)}"] if getattr(rule, key) else []
    lines += [f"never_drop = {_list(rule.never_drop)}"] if rule.never_drop else []
    if rule.extra_credit is True:
        lines.append("extra_credit = true")
    elif isinstance(rule.extra_credit, tuple) and rule.extra_credit:
        lines.append(f"extra_credit = {_list(rule.extra_credit)}")
    lines += [f'better = "{rule.better}"'] if rule.better else []
    lines += ['drop_all = "keep-none"'] if rule.drop_all != "keep-one" else []
    return lines
