"""A PDF as an eye reads it: the glyphs of a line from left to right, whatever order the file has them in."""

import subprocess

import pypdfium2

SAME_LINE = 3  # points


def seen_lines(pdf: bytes) -> list[str]:
    """Each line of every page, without spaces and marks that have no width."""
    lines = []
    for page in pypdfium2.PdfDocument(pdf):
        text = page.get_textpage()
        seen = []
        for at in range(text.count_chars()):
            left, bottom, right, _ = text.get_charbox(at, loose=True)
            if right > left and (sign := text.get_text_range(at, 1)).isprintable() and not sign.isspace():
                seen.append((bottom, left, sign))
        line: list[tuple[float, str]] = []
        last = None
        for bottom, left, sign in sorted(seen, reverse=True):
            if last is not None and last - bottom > SAME_LINE:
                lines.append("".join(one for _, one in sorted(line)))
                line = []
            line.append((left, sign))
            last = bottom
        lines.append("".join(one for _, one in sorted(line)))
    return lines


def page_texts(pdf: bytes, *options: str) -> list[str]:
    """What poppler reads, by page: a reader that shares nothing with those of the product."""
    out = subprocess.run(["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True)
    return out.stdout.decode().split("\f")[:-1]
