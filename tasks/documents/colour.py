"""The school's colour, made dark or light enough to be read (WCAG 2.1, 1.4.3 and the definition of contrast ratio)."""

import re
from functools import lru_cache

from termpost.schemas.base.errors import InputError

PANEL = "#f3f5f7"  # the darkest ground that text stands on in the light
NIGHT = "#16181d"  # the page's ground in dark mode
NIGHT_PANEL = "#22252c"  # the lightest ground that text stands on in dark mode
READABLE = 4.5  # AA for text of any size
SRGB_BEND = 0.04045  # below it sRGB is linear
HEX = re.compile(r"#[0-9a-fA-F]{6}")

Rgb = tuple[int, int, int]


def _rgb(colour: str) -> Rgb:
    if not HEX.fullmatch(colour):
        raise InputError("bad-colour", "the school's colour is not a colour", "the school's settings", "use #rrggbb")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(rgb: Rgb) -> float:
    parts = [c / 255 for c in rgb]
    red, green, blue = (c / 12.92 if c <= SRGB_BEND else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two #rrggbb colours, 1 to 21."""
    dark, light = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))))
    return (light + 0.05) / (dark + 0.05)


@lru_cache(maxsize=1_000)
def readable(colour: str, ground: str) -> str:
    """The colour itself where it can be read on the ground, else the nearest mix with black or white that can."""
    rgb = _rgb(colour)
    target = 0 if _luminance(_rgb(ground)) > 0.5 else 255  # noqa: PLR2004 - half way between black and white
    for step in range(101):
        mixed = "#" + "".join(f"{round(c + (target - c) * step / 100):02x}" for c in rgb)
        if contrast(mixed, ground) >= READABLE:
            return mixed
    raise ValueError("no readable mix on this ground")
