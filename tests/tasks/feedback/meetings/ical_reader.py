"""A second reader of iCalendar, from the text of RFC 5545 alone: it shares nothing with what writes the files."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

LINE = 75  # octets, without the break (RFC 5545, 3.1)


@dataclass
class Part:
    """A component: its properties with their parameters, in order, and what lies in it."""

    name: str
    properties: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    parts: list["Part"] = field(default_factory=list)

    def all(self, name: str) -> list["Part"]:
        return [part for part in self.parts if part.name == name]

    def names(self) -> list[str]:
        return [name for name, _, _ in self.properties]

    def of(self, name: str) -> tuple[dict[str, str], str]:
        """Parameters and value of a property that is there once."""
        (found,) = [(about, value) for known, about, value in self.properties if known == name]
        return found

    def text(self, name: str) -> str:
        return re.sub(r"\\([\\;,nN])", lambda m: "\n" if m[1] in "nN" else m[1], self.of(name)[1])


def read(data: bytes) -> Part:
    """The one object of a file; every line is folded and broken as the RFC asks."""
    assert data.endswith(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert all(len(line) <= LINE for line in data.split(b"\r\n"))
    stack, top = list[Part](), Part("")
    for line in data.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]:
        name, about, value = _property(line)
        if name == "BEGIN":
            stack.append(Part(value))
        elif name == "END":
            done = stack.pop()
            assert done.name == value
            (stack[-1] if stack else top).parts.append(done)
        else:
            stack[-1].properties.append((name, about, value))
    (found,) = top.parts
    assert not stack
    return found


def _property(line: str) -> tuple[str, dict[str, str], str]:
    head, about = re.match(r"[A-Za-z0-9-]+", line), dict[str, str]()
    assert head, line
    rest = line[head.end() :]
    while rest.startswith(";"):
        one = re.match(r';([A-Za-z0-9-]+)=("[^"]*"|[^":;,]*)', rest)
        assert one, line
        about[one[1].upper()] = one[2].strip('"')
        rest = rest[one.end() :]
    assert rest.startswith(":"), line
    return head[0].upper(), about, rest[1:]


def instant(calendar: Part, event: Part, name: str) -> datetime:
    """In UTC, by the rules that the file itself has for its zone (3.6.5)."""
    about, value = event.of(name)
    if value.endswith("Z"):
        return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    local = _local(value)
    (zone,) = [part for part in calendar.all("VTIMEZONE") if part.of("TZID")[1] == about["TZID"]]
    assert not any({"RRULE", "RDATE"} & set(part.names()) for part in zone.parts)
    onsets = sorted((_local(part.of("DTSTART")[1]), part.of("TZOFFSETTO")[1]) for part in zone.parts)
    offset = [to for begins, to in onsets if begins <= local][-1]
    return (local - _offset(offset)).replace(tzinfo=UTC)


def _local(value: str) -> datetime:
    return datetime.strptime(value, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - of no zone, as the RFC has it


def _offset(value: str) -> timedelta:
    sign = -1 if value.startswith("-") else 1
    return sign * timedelta(hours=int(value[1:3]), minutes=int(value[3:5]))
