"""The line of every key of a TOML text, which tomllib does not keep."""

import re
import tomllib

TomlPath = tuple[str | int, ...]  # keys and positions from the top of the file, as pydantic's `loc`


def lines_of(text: str) -> dict[TomlPath, int]:
    """1-based lines by place; () is line 1. The text must be valid TOML, so tomllib must have read it before."""
    return _Scan(text).found


class _Scan:
    _blank = re.compile(r"(?:[\s,]|#[^\n]*)*")
    _string = re.compile(
        r'"""(?:\\.|[^\\])*?"""(?:"{0,2})|\'\'\'.*?\'\'\'(?:\'{0,2})|"(?:\\.|[^"\\])*"|\'[^\']*\'', re.DOTALL
    )
    _bare = re.compile(r"[A-Za-z0-9_-]+")
    _scalar = re.compile(r"[^,\]}#\n]+")
    _between = re.compile(r"[ \t]*[.=]?[ \t]*")

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.found: dict[TomlPath, int] = {(): 1}
        self._last: dict[TomlPath, int] = {}  # arrays of tables: the position of the last one
        table: TomlPath = ()
        while self._skip():
            if text[self.at] == "[":
                table = self._header()
            else:
                self._entry(table)

    def _skip(self) -> bool:
        self._take(self._blank)
        return self.at < len(self.text)

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        taken = match.group() if match else ""
        self.at += len(taken)
        return taken

    def _note(self, place: TomlPath) -> None:
        self.found.setdefault(place, self.text.count("\n", 0, self.at) + 1)

    def _key(self) -> list[str]:
        parts = []
        while self.text[self.at] not in "=]":
            raw = self._take(self._string if self.text[self.at] in "\"'" else self._bare)
            parts.append(raw if raw[0] not in "\"'" else str(tomllib.loads(f"k = {raw}")["k"]))
            if "=" in self._take(self._between):
                break
        return parts

    def _header(self) -> TomlPath:
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        self._take(self._between)
        place: TomlPath = ()
        start = self.at
        key = self._key()
        end, self.at = self.at, start
        for position, part in enumerate(key, 1):
            place = (*place, part)
            self._note(place)
            if many and position == len(key):
                self._last[place] = self._last.get(place, -1) + 1
            if place in self._last:
                place = (*place, self._last[place])
                self._note(place)
        self.at = end + (2 if many else 1)
        return place

    def _entry(self, table: TomlPath) -> None:
        start = self.at
        key = self._key()
        end, self.at = self.at, start
        for part in key:
            table = (*table, part)
            self._note(table)
        self.at = end
        self._value(table)

    def _value(self, place: TomlPath) -> None:
        opening = self.text[self.at]
        if opening in "\"'":
            self._take(self._string)
        elif opening in "[{":
            self.at += 1
            position = 0
            while self._skip() and self.text[self.at] not in "]}":
                if opening == "{":
                    self._entry(place)
                else:
                    self._note((*place, position))
                    self._value((*place, position))
                position += 1
            self.at += 1
        else:
            self._take(self._scalar)
