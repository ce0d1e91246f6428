"""grading.toml: as strict as code, versioned by content."""

from decimal import Decimal
from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.settings.grading import GradingPolicy, load_grading
from termpost.schemas.settings.grading_rules import CategoryRule, Concern, Late, Missing, Omit

ROOT = Path(__file__).parents[2]
HEAD = 'version = "1"\n'


def load(folder: Path, text: str, environ: dict[str, str] | None = None) -> GradingPolicy:
    (folder / "grading.toml").write_text(text)
    return load_grading(folder / "grading.toml", environ or {})


def refused(folder: Path, text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        load(folder, text)
    return caught.value


EVERY_KEY = """
version = "2026-1"
rounding = { places = 2, mode = "half-up" }
aggregate = "weighted"
periods_round_first = true
compat = ""
grade_of_record = "computed"
max_percent = 200
show_of = "20"
[scale]
A = "90"
B = "80"
F = "0"
[category.Homework]
weight = "40"
aggregate = "points"
drop_lowest = 1
drop_highest = 0
keep_highest = 0
never_drop = ["line-item-id"]
extra_credit = ["line-item-id"]
drop_all = "keep-one"
item_weights = { "line-item-id" = "2" }
[category.Tests]
aggregate = "decaying"
decay_percent = "65"
[category.Effort]
beside = true
scale = { Excellent = "90", Fair = "0" }
[late]
[missing]
[period."session-id"]
[omit]
[floor]
mark_percent = "50"
category_percent = "50"
period_percent = "50"
missing = true
[gpa]
points = { A = "4.0", B = "3.0", F = "0" }
[honour_roll]
gpa = "3.5"
[class."class-id"]
credits = "0.5"
[[retake]]
original = "line-item-id"
retake = "other-line-item-id"
rule = "latest"
[[retake]]
suffix = " retake"
rule = "better"
[class."class-id".category.Exam]
"""


def test_every_promised_key_is_accepted_and_empty_sections_mean_no_rule(tmp_path: Path) -> None:
    policy = load(tmp_path, EVERY_KEY)
    assert policy.category["Homework"].weight == Decimal(40)
    assert policy.late.percent_per_interval is None
    assert policy.missing.deduct_percent is None
    assert policy.classes["class-id"].category["Exam"].weight is None


def test_the_rules_for_late_and_missing_are_read(tmp_path: Path) -> None:
    text = HEAD + '[late]\npercent_per_interval = "2.5"\ninterval = "hour"\nfloor_percent = 50\n'
    text += '[missing]\ndeduct_percent = "100"\n'
    policy = load(tmp_path, text + '[period.p1]\nweight = "0.5"\n[omit]\nline_items = ["a"]\n')
    assert policy.late == Late(percent_per_interval=Decimal("2.5"), interval="hour", floor_percent=Decimal(50))
    assert policy.missing.deduct_percent == 100
    assert policy.period["p1"].weight == Decimal("0.5")
    assert policy.omit.line_items == ("a",)


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ("aggregate = 'points'\n", "line 1 version", "must be given"),
        (HEAD + "agregate = 'points'\n", "line 2 agregate", 'did you mean "aggregate"?'),
        (HEAD + "aggregate = 'sum'\n", "line 2 aggregate", "'weighted'"),
        (HEAD + "rounding = { places = 2, mode = 'up' }\n", "line 2 [rounding] mode", "'half-even'"),
        (HEAD + "rounding = { places = '2' }\n", "line 2 [rounding] places", "integer"),
        (HEAD + "periods_round_first = 1\n", "line 2 periods_round_first", "boolean"),
        (HEAD + "max_percent = 90\n", "line 2 max_percent", "100 or more"),
        (HEAD + "[scale]\nA = 89.5\nF = '0'\n", "line 3 [scale] A", 'put it in quotes, as "89.95"'),
        (HEAD + "[scale]\nA = '90'\nB = '80'\n", "line 4 [scale] B", "gap: below 80 there is no letter"),
        (HEAD + "[scale]\nA = '80'\nB = '90'\nF = '0'\n", "line 4 [scale] B", "do not descend"),
        (HEAD + "[scale]\nA = '90'\nB = '90.0'\nF = '0'\n", "line 4 [scale] B", "same lower bound"),
        (HEAD + "[scale]\nA = '90'\nF = '-1'\n", "line 4 [scale] F", "negative"),
        (HEAD + "[scale]\nA = '1e2'\nF = '0'\n", "line 3 [scale] A", "no decimal"),
        (HEAD + "[scale]\nA = 'NaN'\nF = '0'\n", "line 3 [scale] A", "no decimal"),
        (HEAD + "[scale]\nA = true\nF = '0'\n", "line 3 [scale] A", "no decimal"),
        (HEAD + "[scale]\nA = '90'\nA = '80'\n", "line 4", "second time"),
        (HEAD + "[scale]\nA = '90'\n' A' = '80'\nF = '0'\n", "line 4 [scale]  A", "spaces"),
        (HEAD + "[category.Exam]\nweight = 33.3\n", "line 3 [category.Exam] weight", "put it in quotes"),
        (HEAD + "[category.Exam]\nweight = '-1'\n", "line 3 [category.Exam] weight", "negative"),
        (HEAD + "[category.Exam]\ndrop_lowest = -1\n", "line 3 [category.Exam] drop_lowest", "greater"),
        (HEAD + "[category.Exam]\ndrop_lowst = 1\n", "line 3 [category.Exam] drop_lowst", '"drop_lowest"'),
        (HEAD + "[late]\npercent_per_interval = '101'\n", "line 3 [late] percent_per_interval", "100"),
        (HEAD + "[concern]\nbelow_percent = 59.5\n", "line 3 [concern] below_percent", "put it in quotes"),
        (HEAD + "[concern]\nbelow_percent = '101'\n", "line 3 [concern] below_percent", "100"),
        (HEAD + "[concern]\nfall_percent = '0'\n", "line 3 [concern] fall_percent", "more than 0"),
        (HEAD + "[concern]\nmissing_items = 0\n", "line 3 [concern] missing_items", "greater"),
        (HEAD + "[concern]\nabsent_days = '5'\n", "line 3 [concern] absent_days", "integer"),
        (HEAD + "[concern]\nabsent = 5\n", "line 3 [concern] absent", "not known"),
        (HEAD + "[class.c.concern]\nabsent_days = 5\n", "line 2 [class.c] concern", "not known"),
        (HEAD + "[class.c.category.Exam]\nwieght = '1'\n", "line 3 [class.c.category.Exam] wieght", '"weight"'),
        (HEAD + "[class.c]\nscale = { A = '90' }\n", "line 3 [class.c.scale] A", "gap"),
        (HEAD + "[class.c]\nversion = '2'\n", "line 3 [class.c] version", "not known"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(tmp_path: Path, text: str, where: str, said: str) -> None:
    error = refused(tmp_path, text)
    assert error.where == f"grading.toml {where}"
    assert said in str(error)


@pytest.mark.parametrize(
    ("mode", "value", "expected"),
    [
        ("half-up", "93.825", "93.83"),
        ("half-up", "93.8249999", "93.82"),
        ("half-even", "93.825", "93.82"),
        ("half-even", "93.835", "93.84"),
        ("down", "93.829", "93.82"),
        ("truncate", "93.829", "93.82"),
        ("half-up", "0", "0.00"),
    ],
)
def test_rounding_is_exact(tmp_path: Path, mode: str, value: str, expected: str) -> None:
    policy = load(tmp_path, HEAD + f"rounding = {{ mode = '{mode}' }}\n")
    assert str(policy.rounding.apply(Decimal(value))) == expected


@pytest.mark.parametrize(
    ("percent", "letter"), [("100", "A"), ("90", "A"), ("89.999", "B"), ("0", "F"), ("-3", None), (None, None)]
)
def test_a_letter_is_looked_up_unrounded(tmp_path: Path, percent: str | None, letter: str | None) -> None:
    policy = load(tmp_path, HEAD + "[scale]\nA = '90'\nB = '80'\nF = '0'\n")
    assert policy.letter(None if percent is None else Decimal(percent)) == letter
    assert [step.letter for step in policy.steps] == ["A", "B", "F"]


def test_without_a_scale_there_are_no_letters(tmp_path: Path) -> None:
    assert load(tmp_path, HEAD).letter(Decimal(90)) is None


def test_categories_are_weighted_where_one_has_a_weight(tmp_path: Path) -> None:
    assert load(tmp_path, HEAD).aggregate == "points"
    assert load(tmp_path, HEAD + "[category.Exam]\ndrop_lowest = 1\n").aggregate == "points"
    assert load(tmp_path, HEAD + "[category.Exam]\nweight = '1'\n").aggregate == "weighted"
    assert load(tmp_path, HEAD + "aggregate = 'points'\n[category.Exam]\nweight = '1'\n").aggregate == "points"


def test_the_content_version_is_that_of_the_rules_not_of_the_layout(tmp_path: Path) -> None:
    first = load(tmp_path, HEAD + "[category.A]\nweight = '40'\n[category.B]\nweight = '60'\n").content_version
    second = load(
        tmp_path,
        "# other\n" + HEAD + "max_percent = 200\naggregate = 'weighted'\n"
        "[category.B]\ndrop_lowest = 0\nweight = '60.0'\n[category.A]\nweight = 40\n",
    ).content_version
    assert first == second
    assert first.startswith("1+")
    assert len(first) == len("1+") + 12


@pytest.mark.parametrize(
    "change",
    [
        "version = '2'\n",
        HEAD + "aggregate = 'weighted'\n",
        HEAD + "rounding = { places = 1 }\n",
        HEAD + "[scale]\nA = '0'\n",
        HEAD + "[category.A]\n",
        HEAD + "[omit]\nline_items = ['a']\n",
        HEAD + "[class.c]\naggregate = 'points'\n",
        HEAD + "[class.c]\naggregate = 'weighted'\n",
    ],
)
def test_another_rule_is_another_content_version(tmp_path: Path, change: str) -> None:
    assert load(tmp_path, HEAD).content_version != load(tmp_path, change).content_version


def test_a_class_that_overrides_with_a_default_is_another_content_version(tmp_path: Path) -> None:
    text = HEAD + "aggregate = 'weighted'\n[class.c]\n"
    assert load(tmp_path, text).content_version != load(tmp_path, text + "aggregate = 'points'\n").content_version


def test_a_class_has_its_own_rules_over_the_general_ones(tmp_path: Path) -> None:
    text = (
        HEAD
        + """
rounding = { places = 1, mode = "down" }
[scale]
A = "90"
F = "0"
[category.Exam]
weight = "60"
drop_lowest = 1
[category.Homework]
weight = "40"
[class.c1]
rounding = { places = 0 }
scale = { P = "50", N = "0" }
[class.c1.category.Exam]
weight = "80.00000001"
"""
    )
    policy = load(tmp_path, text)
    own = policy.for_class("c1")
    assert (own.rounding.places, own.rounding.mode) == (0, "down")
    assert list(own.scale) == ["P", "N"]
    assert (own.category["Exam"].weight, own.category["Exam"].drop_lowest) == (Decimal("80.00000001"), 1)
    assert own.category["Homework"].weight == 40
    assert policy.for_class("other") is policy


def test_the_environment_wins_and_decimals_stay_exact(tmp_path: Path) -> None:
    environ = {
        "TERMPOST_GRADING__AGGREGATE": "points",
        "TERMPOST_GRADING__MAX_PERCENT": "150.50",
        "TERMPOST_GRADING__CATEGORY__Exam__WEIGHT": "33.3",
        "TERMPOST_STORE__URL": "x",
    }
    policy = load(tmp_path, HEAD, environ)
    assert (policy.aggregate, policy.max_percent, policy.category["Exam"].weight) == (
        "points",
        Decimal("150.5"),
        Decimal("33.3"),
    )


def test_the_files_we_ship_are_accepted() -> None:
    example = load_grading(ROOT / "examples/grand-bend-home/grading.toml", {})
    assert [f"{s.letter} {s.lower}" for s in example.steps] == ["A 90", "B 80", "C 70", "D 60", "F 0"]
    assert example.category["Assignment"].weight == 100
    assert example.aggregate == "weighted"
    assert load_grading(ROOT / "schemas/settings/starter/grading.toml", {}).scale["F"] == 0


def test_the_starter_s_commented_rules_are_accepted_and_mention_every_key(tmp_path: Path) -> None:
    text = (ROOT / "schemas/settings/starter/grading.toml").read_text()
    head, rules = text.split("# [category.Homework]")
    policy = load(tmp_path, head + "[category.Homework]" + rules.replace("\n# ", "\n"))
    assert policy.category["Homework"].drop_lowest == 1
    assert policy.classes["class-id"].category["Exam"].weight == 60
    for model in (GradingPolicy, Concern, Late, Missing, Omit, CategoryRule):
        for name, field in model.model_fields.items():
            key = field.alias or name
            assert f"{key} =" in text or f"[{key}" in text, key


def test_rules_that_are_not_used_change_no_version(tmp_path: Path) -> None:
    assert load(tmp_path, HEAD).content_version == "1+e0220bb29136"
    assert load(tmp_path, HEAD + "[concern]\n").content_version == "1+e0220bb29136"
    assert load(tmp_path, HEAD + "[concern]\nabsent_days = 5\n").content_version != "1+e0220bb29136"
