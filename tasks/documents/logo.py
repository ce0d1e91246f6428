"""The school's logo as one SVG, which both kinds of rendition can show."""

import base64
import re
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

from PIL import Image
from termpost.schemas.base.errors import InputError

MOST = 200_000  # bytes: it is in every report
MOST_PIXELS = 16_000_000  # which a viewer unpacks for every report
PNG = b"\x89PNG\r\n\x1a\n"
WHERE = "termpost.toml [institution] logo"
_SVG = re.compile(r"\A(?:\ufeff)?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<svg[\s>]", re.DOTALL)
# what would run, reach out or grow: a logo needs none of it
_UNSAFE = re.compile(
    r"<!(?:DOCTYPE|ENTITY)|<script|<foreignObject|\son\w+\s*=|(?:href|src)\s*=\s*[\"'](?!#|data:image/)", re.IGNORECASE
)


def read_logo(home: Path, name: str | None) -> str:
    """The logo of a home's settings as SVG; empty where there is none.

    Raises:
        InputError: `bad-logo`: not there, neither SVG nor PNG, too large, or more than a picture.
    """
    return _read(home / name) if name else ""


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError:
        raise _bad("there is no such file", "name an SVG or PNG file of the home") from None
    if len(data) > MOST:
        raise _bad("the logo is larger than 200 kB, and would be in every report", "save a smaller one")
    if data.startswith(PNG):
        width, height = _size_of(data)
        picture = base64.b64encode(data).decode()
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
            f'<image width="{width}" height="{height}" href="data:image/png;base64,{picture}"/></svg>'
        )
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = ""
    if not _SVG.search(text):
        raise _bad("the logo is neither SVG nor PNG", "save it as one of them")
    if _UNSAFE.search(text):
        raise _bad("the logo has scripts, a DOCTYPE or links to elsewhere", "export it as plain SVG")
    try:
        ET.fromstring(text.lstrip("\ufeff"))  # noqa: S314 - without a DOCTYPE nothing grows or is fetched
    except ET.ParseError:
        raise _bad("the logo is no whole SVG", "export it again") from None
    return text


def _size_of(png: bytes) -> tuple[int, int]:
    """Pixels across and down, of a picture that can be read to its end."""
    try:
        with Image.open(BytesIO(png), formats=["PNG"]) as picture:
            size = picture.size
            if size[0] * size[1] <= MOST_PIXELS:
                picture.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise _bad("the logo is no whole PNG", "export it again") from None
    if size[0] * size[1] > MOST_PIXELS:
        raise _bad("the logo has more than 16 million pixels", "save a smaller one")
    return size


def _bad(what: str, remedy: str) -> InputError:
    return InputError("bad-logo", what, WHERE, remedy)
