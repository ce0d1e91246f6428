"""Bars as SVG, the same in the page and on paper: lengths are told by figures too, parts by a legend."""

from collections.abc import Sequence
from html import escape
from typing import Final

from termpost.schemas.base.frozen import FrozenModel

TONES: Final = ("#2f6f9f", "#c2661a", "#7a7f87", "#8c3b6b")  # 3:1 and more on the ground of day and of night
WIDTH, LABEL, ROW, BAR, FIGURE = 640, 170, 26, 14, 52
KEY = 24  # the legend's line


class Bar(FrozenModel):
    """One line of a chart."""

    label: str
    parts: tuple[int, ...]  # in the order of the legend


class Chart(FrozenModel):
    """What is drawn, and what it says to whoever does not see it."""

    svg: str
    alt: str


def bar_chart(title: str, legend: Sequence[str], bars: Sequence[Bar]) -> Chart:
    """Stacked bars on one scale, each with its sum."""
    most = max((sum(bar.parts) for bar in bars), default=0) or 1
    room, top = WIDTH - LABEL - FIGURE, KEY if len(legend) > 1 else 0
    drawn = [_legend(legend)] if top else []
    for number, bar in enumerate(bars):
        y, x = top + number * ROW, float(LABEL)
        drawn.append(_text(LABEL - 8, y + 16, bar.label, "end"))
        for tone, part in zip(TONES, bar.parts, strict=False):
            width = part / most * room
            if part:
                drawn.append(
                    f'<rect x="{x:.1f}" y="{y + 5}" width="{max(width, 1):.1f}" height="{BAR}" fill="{tone}"/>'
                )
            x += width
        drawn.append(_text(x + 6, y + 16, str(sum(bar.parts)), "start"))
    height = top + len(bars) * ROW + 4
    alt = f"{title}. " + "; ".join(
        f"{bar.label}: " + ", ".join(f"{n} {name}" for name, n in zip(legend, bar.parts, strict=False)) for bar in bars
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="{escape(alt)}">{"".join(drawn)}</svg>'
    )
    return Chart(svg=svg, alt=alt)


def _legend(names: Sequence[str]) -> str:
    x, drawn = LABEL, []
    for tone, name in zip(TONES, names, strict=False):
        drawn.append(f'<rect x="{x}" y="3" width="12" height="12" fill="{tone}"/>' + _text(x + 17, 14, name, "start"))
        x += 17 + 8 * len(name) + 14
    return "".join(drawn)


def _text(x: float, y: float, said: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="Noto Sans" font-size="13" fill="currentColor" '
        f'text-anchor="{anchor}">{escape(said)}</text>'
    )
