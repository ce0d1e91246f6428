"""Row numbers as a person reads them."""

from collections.abc import Iterable


def row_spans(rows: Iterable[int]) -> list[str]:
    """In order, neighbours drawn together: "1–20", "23"."""
    spans: list[list[int]] = []
    for row in sorted(set(rows)):
        if spans and spans[-1][1] == row - 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    return [f"{first}" if first == last else f"{first}–{last}" for first, last in spans]
