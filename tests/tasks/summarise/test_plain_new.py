from typing import Any
SCALE = {"A": "90", "B": "80", "C": "66.6666667", "D": "50", "F": "0"}

def weighted(*weights: str, **rules: Any) -> dict[str, Any]:
    category = {n: {"weight": w} for n, w in zip(("Homework", "Quiz", "Exam"), weights, strict=True)}
    for name, rule in rules.items():
        category[name] |= rule
    return {"aggregate": "weighted", "category": category, "scale": SCALE}


POLICIES: dict[str, dict[str, Any]] = {
    "points": {"scale": SCALE},
    "points, five places": {"scale": SCALE, "rounding": {"places": 5}},
    "weights": weighted("30", "30", "40"),
    "weights below 100": weighted("1", "1", "1"),
    "weights above 100": weighted("80.5", "70.25", "60"),
    "no weights": weighted("0", "0", "0"),
    "drop lowest": weighted("40", "30", "30", Homework={"drop_lowest": 1}, Quiz={"drop_lowest": 2}),
    "drop highest": weighted("40", "30", "30", Homework={"drop_highest": 1}, Exam={"drop_highest": 2}),
    "keep highest": weighted("40", "30", "30", Homework={"keep_highest": 2}),
    "too many drops": weighted("40", "30", "30", Homework={"drop_lowest": 9, "drop_all": "keep-none"},
                               Quiz={"drop_lowest": 9}, Exam={"drop_highest": 9, "drop_all": "keep-none"}),
    "half-even": weighted("25", "25", "50") | {"rounding": {"places": 1, "mode": "half-even"}},
    "cut off": weighted("25", "25", "50") | {"rounding": {"places": 0, "mode": "down"}},
    "omitted": weighted("25", "25", "50") | {"omit": {"line_items": ["c0-0", "c1-0", "c2-0"]}},
    "one class otherwise": weighted("25", "25", "50") | {
        "class": {"c1": {"scale": {"P": "50", "N": "0"}, "rounding": {"places": 0}}, "c2": {"aggregate": "points"}},
    },
    "one class not plain": weighted("25", "25", "50") | {"class": {"c1": {"missing": {"deduct_percent": "50"}}}},
}  # fmt: skip
