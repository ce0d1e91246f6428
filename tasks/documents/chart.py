"""The course of a percentage over several reports, as a small line."""

from collections.abc import Sequence
from decimal import Decimal

WIDTH, HEIGHT, ROOM = 64, 18, 3  # of the picture and around the line, in points
LEAST_SPAN = Decimal(20)  # percentage points from bottom to top, so that a small change looks small


def line_chart(percents: Sequence[Decimal]) -> str:
    """SVG of two percentages or more, the oldest first, in the colour of the text around it; the last has a dot.

    Says nothing by itself: whoever shows it adds the numbers in words.
    """
    low, high = min(percents), max(percents)
    span = max(high - low, LEAST_SPAN)
    bottom = (low + high - span) / 2
    step = Decimal(WIDTH - 2 * ROOM) / (len(percents) - 1)
    points = [
        (_place(ROOM + step * place), _place(HEIGHT - ROOM - (HEIGHT - 2 * ROOM) * (percent - bottom) / span))
        for place, percent in enumerate(percents)
    ]
    line = " ".join(f"{x},{y}" for x, y in points)
    x, y = points[-1]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<polyline points="{line}" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linejoin="round" '
        f'stroke-linecap="round"/><circle cx="{x}" cy="{y}" r="2.2" fill="currentColor"/></svg>'
    )


def _place(value: Decimal) -> str:
    return f"{round(value, 2):f}"
