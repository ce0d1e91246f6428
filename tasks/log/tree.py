"""The Merkle tree of RFC 6962 (section 2.1) over the log's entries: its root, and proofs that one only grew to another.

A leaf is the line of an entry as it stands in its segment, without the newline. A tree that grows is kept as the roots
of its perfect subtrees, one for each bit of its size that is set: to add an entry costs a few sums, however long the
log is.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256


class LogTree:
    """A tree that entries are added to."""

    def __init__(self) -> None:
        self.size = 0
        self._roots: list[bytes] = []  # of perfect subtrees, the largest first

    def add(self, lines: Iterable[bytes]) -> None:
        """Entries, in their order."""
        roots, size = self._roots, self.size
        for line in lines:
            node, rest = leaf_hash(line), size
            while rest & 1:
                node, rest = _node(roots.pop(), node), rest >> 1
            roots.append(node)
            size += 1
        self.size = size

    @property
    def root(self) -> bytes:
        """32 bytes; of no entry, the sum of nothing."""
        if not self._roots:
            return sha256(b"").digest()
        *others, root = self._roots
        for left in reversed(others):
            root = _node(left, root)
        return root


def lines_of(segment: bytes) -> list[bytes]:
    """The leaves in a segment's bytes: everything after its header."""
    return segment.split(b"\n")[1:-1]


def consistency_proof(leaves: Sequence[bytes], since: int) -> list[bytes]:
    """That the tree of these leaf hashes is the one of its first `since`, and more (RFC 6962, section 2.1.2).

    Empty where `since` is nothing or all of them.
    """
    return _subproof(leaves, since, is_whole=True) if 0 < since < len(leaves) else []


def leaf_hash(line: bytes) -> bytes:
    return sha256(b"\0" + line).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def _subproof(leaves: Sequence[bytes], since: int, *, is_whole: bool) -> list[bytes]:
    if since == len(leaves):
        return [] if is_whole else [_root(leaves)]
    half = _split(len(leaves))
    if since <= half:
        return [*_subproof(leaves[:half], since, is_whole=is_whole), _root(leaves[half:])]
    return [*_subproof(leaves[half:], since - half, is_whole=False), _root(leaves[:half])]


def _root(leaves: Sequence[bytes]) -> bytes:
    level = list(leaves)
    while len(level) > 1:  # an odd one at the end moves up as it is, which is what splitting at powers of two gives
        pairs = [_node(level[n], level[n + 1]) for n in range(0, len(level) - 1, 2)]
        level = [*pairs, *(level[-1:] if len(level) % 2 else [])]
    return level[0]


def _split(size: int) -> int:
    """The largest power of two below it."""
    return 1 << (size - 1).bit_length() - 1
