"""What `termpost migrate` knows how to do, one named step for each format that came after another.

A step is due by what a home says of itself, and is never taken out of the lists: a home of any age may come.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Values = Mapping[str, Mapping[str, str]]  # table → column → SQL over the row `t` as it was


@dataclass(frozen=True)
class LakeStep:
    """To a format of the lake: what is known of columns that it added. Others are null until something fills them."""

    format: int
    says: str
    values: Values = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"lake-{self.format}"


LAKE_STEPS = (
    LakeStep(2, "weights of categories, flags of results, grades that were set elsewhere", {
        "core_result": {
            "class_id": "(SELECT min(i.class_id) FROM lake.core_line_item i"
                        " WHERE i.extract_id = t.extract_id AND i.line_item_id = t.line_item_id)",
            "has_late_flag": "false", "is_missing": "false", "is_incomplete": "false",
        },
        "out_course_summary": {"grade_source": "'computed'"},
    }),
    LakeStep(3, "which summaries a released report rests on"),
    LakeStep(4, "trend, standards, concern and medians; days of presence; the course of a class"),
    LakeStep(5, "whether a class is a homeroom"),
    LakeStep(6, "letters of current grades, what a grade waits for, lowest marks", {
        "out_course_summary": {"to_mark_count": "0", "is_open": "false"},
        "core_attendance": {"is_half": "false"},
        "out_attendance_summary": {"absent_unstated_days": "0", "part_days": "0", "unknown_count": "t.other_days"},
    }),
    LakeStep(7, "terms before termpost, and what each check found", {"out_cycle": {"is_backfilled": "false"}}),
    LakeStep(8, "which columns of an extract said something, and where a student stands among the others"),
)  # fmt: skip


@dataclass(frozen=True)
class ManifestStep:
    """To a format of the lists of prepared reports; `change` gets the list and the school's own language."""

    format: int
    says: str
    change: Callable[[dict[str, Any], str], dict[str, Any]]

    @property
    def name(self) -> str:
        return f"prepared-{self.format}"


def _name_language(manifest: dict[str, Any], language: str) -> dict[str, Any]:
    """Reports of format 1 had one language and no comments; their files keep their names (law 5)."""
    reports = [{**report, "own_language": language, "comments": ""} for report in manifest["reports"]]
    return {**manifest, "reports": reports}


MANIFEST_STEPS = (ManifestStep(2, "the language of prepared reports", _name_language),)


@dataclass(frozen=True)
class SettingsStep:
    """An old value for a key whose default changed: new defaults are for new homes."""

    name: str
    says: str
    file: str
    table: str  # dotted; empty: the top of the file
    key: str
    line: str  # as it goes into the file, with a comment that says why
    where_table: bool = False  # only in a home whose file has the table: without it the key means nothing


def _as_before(name: str, says: str, place: str, line: str, now: str, *, where_table: bool = False) -> SettingsStep:
    """A key whose default is another in new homes: `place` is the file and its table, `line` the key as it was."""
    file, _, table = place.partition(" ")
    key = line.partition(" ")[0]
    return SettingsStep(
        name, f"{says}, as before", file, table, key, f"{line}  # as before; new homes: {now}", where_table
    )


GRADING, REPORT = "grading.toml", "termpost.toml report"
SETTINGS_STEPS = (
    _as_before("scale-by-exact", "letters by the exact percentage", GRADING, 'scale_by = "exact"', '"rounded"'),
    _as_before("record-computed", "computed grades before imported ones", GRADING, 'grade_of_record = "computed"',
               '"imported", where there is one'),
    _as_before("late-by-score-date", "a score dated after the due date is late", f"{GRADING} late",
               "by_score_date = true", "false, since a score is dated when it is given", where_table=True),
    _as_before("merge-sections-never", "sections of one course apart", GRADING, 'merge_sections = "never"',
               '"course": a move is one line'),
    _as_before("drop-window-none", "a class that was left soon on the report", GRADING, "drop_window = 0",
               "15 school days"),
    _as_before("report-show-final", "the final grade on midterm reports", REPORT, "show_final = true",
               "false, a midterm report has the current grade"),
    _as_before("report-leavers", "reports of those who left", REPORT, 'leavers = "report"', '"none"'),
    _as_before("report-min-share", "a letter however little counts", REPORT, "min_share = 0", "30 per cent"),
    _as_before("attendance-any-period", "a day absent where any period of it is", "termpost.toml attendance",
               'by_period = "any"', '"all": else it is a part of the day'),
    # no envelope has room for one any more (docs/decisions/0024), so by post is what comes nearest
    SettingsStep("codes-by-post", "access codes by post as before, but in letters of their own: `termpost codes issue`",
                 "termpost.toml", "codes", "by",
                 'by = ["post"]  # as before, but never with reports; new homes: ["handover"]'),
)  # fmt: skip


@dataclass(frozen=True)
class TagStep:
    """Tags on what the home put into the store before objects had any. Once for a home, whatever lies there later."""

    name: str
    says: str


TAG_STEP = TagStep("tags-1", "tags of the objects that decide, and log entries that say which of them count")


@dataclass(frozen=True)
class EncryptionStep:
    """What lies in the store in clear and is about people. Once for a home: later nothing may lie there so."""

    name: str
    says: str


ENCRYPTION_STEP = EncryptionStep("encrypted-1", "objects about people are encrypted: the store alone says nothing")


@dataclass(frozen=True)
class LogEndStep:
    """Where the log ends, remembered so that nobody without the secrets can say otherwise. Once for a home; one that
    writes before it is asked begins by itself, and the log says so."""

    name: str
    says: str


LOG_END_STEP = LogEndStep("log-end-1", "the anchor of the log has a MAC, and how long the log is stands with the keys")

Step = LakeStep | ManifestStep | SettingsStep | TagStep | EncryptionStep | LogEndStep


def all_steps() -> tuple[Step, ...]:
    return (*LAKE_STEPS, *MANIFEST_STEPS, *SETTINGS_STEPS, TAG_STEP, ENCRYPTION_STEP, LOG_END_STEP)


def with_line(text: str, step: SettingsStep) -> str:
    """The settings with the step's line as the first of its table, which is made at the end where there is none."""
    lines = text.splitlines()
    if not step.table:
        first = next((n for n, line in enumerate(lines) if line.lstrip().startswith("[")), len(lines))
        return "\n".join([*lines[:first], step.line, *lines[first:]]) + "\n"
    head = f"[{step.table}]"
    for number, line in enumerate(lines):
        if line.split("#")[0].strip() == head:
            return "\n".join([*lines[: number + 1], step.line, *lines[number + 1 :]]) + "\n"
    return "\n".join([*lines, "", head, step.line]) + "\n"


def lacks(settings: Mapping[str, Any], step: SettingsStep) -> bool:
    """Whether parsed settings say nothing of the step's key."""
    found: Any = settings
    for part in step.table.split(".") if step.table else ():
        if step.where_table and part not in found:
            return False
        found = found.get(part, {})
    return step.key not in found


def upgraded(manifest: bytes, language: str) -> bytes:
    """A list of prepared reports in the present format."""
    value = json.loads(manifest)
    for step in MANIFEST_STEPS:
        if number(value) < step.format:
            value = {**step.change(value, language), "format": f"termpost.prepared/{step.format}"}
    return json.dumps(value, ensure_ascii=False).encode()


def number(manifest: Mapping[str, Any]) -> int:
    return int(str(manifest["format"]).rpartition("/")[2])
