"""Which work a report lists, and what lateness took off a mark."""

from datetime import date

from tests.tasks.summarise.small_lake import SmallLake

ROWS = "SELECT line_item_id, work_state, score, late_points FROM lake.out_work ORDER BY ALL"


def test_each_piece_is_listed_by_its_state_with_what_lateness_took_off() -> None:
    small = SmallLake()
    small.extract("x")
    small.graded("x", "maths", {"ann": "80"})
    for item, score, columns in (
        ("late", "90.5", {"is_late": True, "score_date": "2021-09-03"}),
        ("floor", "51", {"is_late": True, "score_date": "2021-09-03"}),
        ("low", "40", {"is_late": True, "score_date": "2021-09-03"}),
        ("both", None, {"is_late": True, "score_status": "submitted"}),
        ("part", None, {"is_incomplete": True}),
        ("gone", None, {"score_status": "not submitted"}),
        ("excused", None, {"score_status": "exempt"}),
    ):
        small.item("x", item, "maths")
        small.mark("x", item, "ann", score, **columns)
    small.summarise("x", "c", date(2021, 10, 1), late={"percent_per_interval": "3.5", "floor_percent": "50"})
    assert small.rows(ROWS) == [
        ("both", "late", None, None), ("both", "to_mark", None, None), ("floor", "late", "51", "1"),
        ("gone", "missing", None, None), ("late", "late", "90.5", "7"), ("low", "late", "40", None),
        ("part", "incomplete", None, None),
    ]  # fmt: skip
