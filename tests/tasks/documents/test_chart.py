"""The small line over several reports."""

import re
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from termpost.tasks.documents.chart import HEIGHT, ROOM, WIDTH, line_chart

PERCENTS = st.lists(st.decimals(0, 200, places=2), min_size=2, max_size=8)


def points(svg: str) -> list[tuple[Decimal, Decimal]]:
    found = re.search(r'points="([^"]+)"', svg)
    assert found
    return [(Decimal(x), Decimal(y)) for x, y in (pair.split(",") for pair in found[1].split())]


@given(PERCENTS)
def test_every_point_lies_inside_and_higher_is_more(percents: list[Decimal]) -> None:
    drawn = points(line_chart(percents))
    assert len(drawn) == len(percents)
    assert drawn[0][0] == ROOM
    assert drawn[-1][0] == WIDTH - ROOM
    for (_, y), percent in zip(drawn, percents, strict=True):
        assert ROOM <= y <= HEIGHT - ROOM
        assert all(other >= y for (_, other), more in zip(drawn, percents, strict=True) if more < percent)


def test_a_small_change_looks_small_and_none_is_level() -> None:
    up = points(line_chart([Decimal(80), Decimal(81)]))
    assert up[0][1] - up[1][1] < 1
    flat = points(line_chart([Decimal(80), Decimal(80), Decimal(80)]))
    assert {y for _, y in flat} == {Decimal(HEIGHT) / 2}


def test_the_last_point_has_the_dot() -> None:
    svg = line_chart([Decimal(10), Decimal(90)])
    x, y = points(svg)[-1]
    assert f'<circle cx="{x}" cy="{y}"' in svg
