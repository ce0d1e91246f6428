"""The packs of a cycle as they were made: a mark, once given, means one content for ever."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.documents.pack import ChosenEnvelopes, Pack, PackedEnvelope
from termpost.schemas.log.entry import Entry, Logged
from termpost.tasks.home.home import Home


class PackRegistry:
    """Every pack that the log knows, oldest first."""

    def __init__(self, packs: Sequence[Pack]) -> None:
        self.packs = list(packs)
        self.now = {envelope.object: (pack, envelope) for pack in packs for envelope in pack.envelopes}

    @classmethod
    def read(cls, home: Home, cycle: str, entries: Iterable[Logged]) -> "PackRegistry":
        """Raises Refused `bytes-changed` where a pack is not what was logged."""
        said = {e.object: e.digest for e in entries if _is_pack(e, cycle)}
        packs = [_read(home, key or "", digest or "") for key, digest in said.items()]
        return cls(sorted(packs, key=lambda pack: pack.number))

    def add(self, pack: Pack) -> None:
        self.packs.append(pack)
        self.now |= {envelope.object: (pack, envelope) for envelope in pack.envelopes}

    @property
    def next_pack(self) -> int:
        return max((pack.number for pack in self.packs), default=0) + 1

    @property
    def next_envelope(self) -> int:
        return max((envelope.number for pack in self.packs for envelope in pack.envelopes), default=0) + 1

    def mark_of(self, key: str) -> str | None:
        """The mark under which an envelope was printed last."""
        found = self.now.get(key)
        return found[0].mark(found[1]) if found else None

    def chosen(self, chosen: ChosenEnvelopes) -> Iterator[tuple[Pack, list[PackedEnvelope]]]:
        """Pack by pack, the envelopes that are meant.

        Raises:
            InputError: `no-such-mark`, where nothing is, or `printed-anew`, where one has another mark by now.
        """
        found = False
        for pack in self.packs:
            meant = [envelope for envelope in pack.envelopes if chosen.has(pack, envelope)]
            mine = [envelope for envelope in meant if self.now[envelope.object][0] is pack]
            if chosen.is_part and len(mine) < len(meant):
                old = next(envelope for envelope in meant if envelope not in mine)
                what = f"{pack.mark(old)} was printed anew as {self.mark_of(old.object)}"
                raise InputError("printed-anew", what, "its pick list", "destroy the older print, use the newer mark")
            if mine:
                found = True
                yield pack, mine
        if not found and (chosen.pack is not None or chosen.is_part):
            raise InputError("no-such-mark", "no envelope of this cycle has such a mark", "--pack, --range, --mark",
                             "look at the pick lists, or print without them")  # fmt: skip


def put_pack(home: Home, pack: Pack) -> None:
    """Writes a pack down before it is logged. One that no entry names is overwritten."""
    home.store.put(pack.key, pack.model_dump_json().encode())


def digest_of(pack: Pack) -> str:
    """The digest that the log has of a pack: it binds every envelope's digest, mark and place."""
    return hashlib.sha256(pack.model_dump_json().encode()).hexdigest()


def _is_pack(entry: Entry, cycle: str) -> bool:
    return (
        entry.kind == "exported"
        and entry.channel == ChannelName.PRINT
        and entry.cycle == cycle
        and entry.object is not None
    )


def _read(home: Home, key: str, digest: str) -> Pack:
    try:
        data = home.store.get(key)
    except KeyError:
        data = b""
    if hashlib.sha256(data).hexdigest() != digest:
        raise Refused("bytes-changed", f"{key} is not what was logged", "the print area",
                      "put it back from a backup, or find out who changed it (termpost log verify)")  # fmt: skip
    return Pack.model_validate_json(data)
