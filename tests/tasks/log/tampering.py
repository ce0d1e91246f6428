"""Every way to falsify a log of four segments of three lines, for the checks that have to find it."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from termpost.tasks.log.segments import canonical, checkpoint_key, head_key, segment_key

from tests.tasks.log.log_home import LogHome, report_made

COUNT = 4  # segments
KEYS = (segment_key, head_key, checkpoint_key)
FORGER = Ed25519PrivateKey.from_private_bytes(bytes(32))


@dataclass(frozen=True)
class Tampering:
    """One of them."""

    name: str
    do: Callable[[LogHome], None]
    # what finds it: "verify" does by itself or needs a head from outside; the check with jq knows no signatures
    verify: str = "alone"  # or "witness"
    by_hand: str = "alone"  # or "witness", or "never"


def write_log(home: LogHome) -> None:
    log = home.open()
    for number in range(COUNT):
        log.append("run-1", [report_made(3 * number + line) for line in range(3)])


def flip(key: str, where: bytes) -> Callable[[LogHome], None]:
    """Changes one bit of the first byte after `where`."""

    def do(home: LogHome) -> None:
        data = home.store.get(key)
        at = data.index(where) + len(where)
        home.file(key).write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])

    return do


def lines(number: int, change: Callable[[list[bytes]], list[bytes]]) -> Callable[[LogHome], None]:
    """Changes the entries of one segment and nothing else."""

    def do(home: LogHome) -> None:
        header, *rows = home.store.get(segment_key(number)).splitlines(keepends=True)
        home.file(segment_key(number)).write_bytes(b"".join([header, *change(rows)]))

    return do


def without(line: int) -> Callable[[list[bytes]], list[bytes]]:
    return lambda rows: rows[:line] + rows[line + 1 :]


def beside(home: LogHome) -> None:
    home.store.put("log/notes.txt", b"{}")


def order(*numbers: int, heads: bool = True) -> Callable[[LogHome], None]:
    """The log made of these segments, in this order, under numbers without a gap."""

    def do(home: LogHome) -> None:
        for key_of in (segment_key, head_key) if heads else (segment_key,):
            kept = {number: home.store.get(key_of(number)) for number in range(1, COUNT + 1)}
            for number in kept:
                home.store.delete(key_of(number))
            for place, number in enumerate(numbers, 1):
                home.store.put(key_of(place), kept[number])

    return do


def gone(*keys: str) -> Callable[[LogHome], None]:
    def do(home: LogHome) -> None:
        for key in keys:
            home.store.delete(key)

    return do


def renamed(row: bytes, seq: int) -> bytes:
    """An entry that fits at another place."""
    return canonical(json.loads(row) | {"seq": seq, "report": "r99"}) + b"\n"


def other_student(body: bytes) -> bytes:
    return body.replace(b'"student":"s', b'"student":"t')


def swapped(body: bytes) -> bytes:
    one, other, *rest = body.splitlines(keepends=True)
    return b"".join([other, one, *rest])


def rehash(
    first: int,
    key: Ed25519PrivateKey | None = None,
    last: int = COUNT,
    change: Callable[[bytes], bytes] = other_student,
    in_header: bool = True,
) -> Callable[[LogHome], None]:
    """Changes the lines of segment `first` and computes the sums anew up to `last`; without a key signatures stay."""

    def sign(value: dict[str, object]) -> bytes:
        if key is None:
            return canonical(value)
        rest = {name: value[name] for name in value if name != "signature"}
        return canonical(rest | {"signature": base64.b64encode(key.sign(canonical(rest))).decode()})

    def do(home: LogHome) -> None:
        for number in range(first, last + 1):
            header, body = home.store.get(segment_key(number)).split(b"\n", 1)
            body = change(body) if number == first else body
            said = json.loads(header) | ({"body": hashlib.sha256(body).hexdigest()} if in_header else {})
            if number > first:
                said["previous"] = hashlib.sha256(home.store.get(segment_key(number - 1))).hexdigest()
            data = sign(said) + b"\n" + body
            home.file(segment_key(number)).write_bytes(data)
            head = json.loads(home.store.get(head_key(number)))
            home.file(head_key(number)).write_bytes(sign(head | {"sha256": hashlib.sha256(data).hexdigest()}))

    return do


def fork(after: int, segments: int) -> Callable[[LogHome], None]:
    """The log's own writer went on from a copy of segment `after`, on a machine without the anchor."""

    def do(home: LogHome) -> None:
        kept = home.remembered()
        home.forget()
        gone(*[key(n) for key in KEYS for n in range(after + 1, COUNT + 1)])(home)
        log = home.open()
        for number in range(segments):
            log.append("run-2", [report_made(50 + 3 * number + line) for line in range(3)])
        home.remember(kept)

    return do


def splice(home: LogHome) -> None:
    """Segment 3 is of one fork and segment 4 of the other; the log's key signed each, at its number and count."""
    kept = {key: home.store.get(key) for key in (segment_key(4), head_key(4))}
    fork(2, 1)(home)
    for key, data in kept.items():
        home.store.put(key, data)


def cut_to(number: int) -> Callable[[LogHome], None]:
    return gone(*[key(n) for key in KEYS for n in range(number + 1, COUNT + 1)])


SECOND, LAST = segment_key(2), segment_key(COUNT)
HEAD, LAST_HEAD = head_key(2), head_key(COUNT)

TAMPERINGS = [
    # a byte of each kind
    Tampering("a byte of a header's number", flip(SECOND, b'"segment":')),
    Tampering("a byte of a header's time", flip(SECOND, b'{"at":"')),
    Tampering("a byte of the sum of the segment before", flip(SECOND, b'"previous":"')),
    Tampering("a byte of the sum of the body", flip(SECOND, b'"body":"')),
    Tampering("a byte of a segment's signature", flip(SECOND, b'"signature":"')),
    Tampering("a byte of an entry", flip(SECOND, b'"student":"')),
    Tampering("a byte of the last entry", flip(LAST, b'"report":"r11","run":"')),
    Tampering("a byte of an entry's key", flip(SECOND, b'{"actor":"pipeline","')),
    Tampering("a line's end", flip(SECOND, b'"version":1}')),
    Tampering("a byte of the last signature", flip(LAST, b'"signature":"')),
    Tampering("a byte of a head's count", flip(HEAD, b'"entries":')),
    Tampering("a byte of a head's sum", flip(HEAD, b'"sha256":"')),
    Tampering("a byte of a head's key", flip(HEAD, b'","')),
    Tampering("a byte of a head's signature", flip(HEAD, b'"signature":"'), by_hand="never"),
    Tampering("a byte of the last head's signature", flip(LAST_HEAD, b'"signature":"'), by_hand="never"),
    # something is gone
    *(Tampering(f"line {n + 1} dropped", lines(2, without(n))) for n in range(3)),
    Tampering("the last line of the log dropped", lines(COUNT, lambda rows: rows[:-1])),
    Tampering("all lines of a segment dropped", lines(2, lambda _: [])),
    Tampering("half a line dropped", lines(COUNT, lambda rows: [*rows[:-1], rows[-1][:20]])),
    Tampering("the last newline dropped", lines(COUNT, lambda rows: [*rows[:-1], rows[-1][:-1]])),
    *(Tampering(f"segment {n} dropped", gone(segment_key(n), head_key(n))) for n in range(1, COUNT)),
    Tampering("a segment dropped and the rest moved up", order(1, 3, 4)),
    Tampering("the first segment dropped and the rest moved up", order(2, 3, 4)),
    *(Tampering(f"head {n} dropped", gone(head_key(n))) for n in range(1, COUNT + 1)),
    # something changed its place
    Tampering("two lines swapped", lines(2, lambda rows: [rows[1], rows[0], rows[2]])),
    Tampering("all lines turned round", lines(2, lambda rows: rows[::-1])),
    Tampering("two segments swapped", order(1, 3, 2, 4)),
    Tampering("two segments swapped without their heads", order(1, 3, 2, 4, heads=False)),
    Tampering("the last two segments swapped", order(1, 2, 4, 3)),
    # something is new
    Tampering("a line twice", lines(2, lambda rows: [*rows, rows[-1]])),
    Tampering("a line put in", lines(2, lambda rows: [rows[0], renamed(rows[0], 5), *rows[1:]])),
    Tampering("a line put after the last", lines(COUNT, lambda rows: [*rows, renamed(rows[0], 13)])),
    Tampering("an empty line put in", lines(2, lambda rows: [rows[0], b"\n", *rows[1:]])),
    Tampering("a segment put in", order(1, 2, 2, 3, 4)),
    Tampering("a segment put after the last", order(1, 2, 3, 4, 4)),
    Tampering("a file put beside", beside),
    # something took another's place
    Tampering("a line over another", lines(2, lambda rows: [rows[0], rows[0], rows[2]])),
    Tampering("a line rewritten", lines(2, lambda rows: [renamed(rows[0], 4), *rows[1:]])),
    Tampering("a segment over a later one", order(1, 1, 3, 4)),
    Tampering("a segment over a later one without its head", order(1, 1, 3, 4, heads=False)),
    Tampering("a segment over the last", order(1, 2, 3, 3)),
    # sums computed anew by someone without the key
    Tampering("all sums anew, signatures as they were", rehash(1), by_hand="witness"),
    Tampering("all sums anew from the middle", rehash(3), by_hand="witness"),
    Tampering("all sums anew, signed with another key", rehash(1, FORGER), by_hand="witness"),
    Tampering("the last segment anew, signed with another key", rehash(COUNT, FORGER), by_hand="witness"),
    # and by someone who forgot one of them
    Tampering("a segment and its head anew, the next not", rehash(2, last=2)),
    Tampering("a head anew, the header not", rehash(COUNT, in_header=False)),
    Tampering("two lines swapped and all sums anew", rehash(2, change=swapped)),
    Tampering("the last newline dropped and all sums anew", rehash(COUNT, change=lambda body: body[:-1])),
    Tampering("an empty line put in and all sums anew", rehash(COUNT, change=lambda body: b"\n" + body)),
    Tampering("two forks spliced, each piece signed", splice),
    # a log that is good in itself, and not the one that was
    *(Tampering(f"cut after segment {n}", cut_to(n), "witness", "witness" if n else "alone") for n in range(COUNT)),
    *(
        Tampering(f"forked after segment {after}, {more} on", fork(after, more), "witness", "witness")
        for after, more in ((0, 4), (2, 1), (2, 2), (2, 5), (3, 1))
    ),
]  # fmt: skip
