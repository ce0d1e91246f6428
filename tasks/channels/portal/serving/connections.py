"""The connections of the portal: how long each may take, and which one goes where there are too many.

A connection is in one phase at a time. What is asked of a peer (to shake hands, to send a request) has a time-out from
the beginning of its phase, so that a byte now and then wins nothing. Within a phase the first is the oldest.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from typing import Protocol

STALLED = 5.0  # seconds in which a peer took nothing of an answer: then it may go where room is wanted,
SLOW = 30.0  # and after so many in any case
LONGEST_ANSWER = 300.0  # seconds, for the slowest line that is worth waiting for
SPARE = 32  # files that are given back where the process may open no more
RECOVERY = 60.0  # seconds until as many connections as before are taken again
MOST_UNSENT = 48 * 2**20  # bytes of answers that peers have not taken, all together


class ConnectionPhase(Enum):
    HANDSHAKE = "handshake"  # of TLS
    IDLE = "idle"  # nothing of a request is there
    HEADERS = "headers"  # some of it
    BODY = "body"  # all but its body
    ANSWER = "answer"  # it is whole, and its answer not yet taken


WAITING = (ConnectionPhase.HANDSHAKE, ConnectionPhase.IDLE, ConnectionPhase.HEADERS, ConnectionPhase.BODY)


@dataclass(frozen=True)
class ConnectionLimits:
    """How many connections at once, and the seconds of each phase.

    Args:
        request_seconds: for each of a handshake, the headers, the body, and for a peer that takes nothing of an answer.
    """

    connections: int = 1000
    idle_seconds: float = 75
    request_seconds: float = 15

    def seconds_of(self, phase: ConnectionPhase) -> float:
        return self.idle_seconds if phase is ConnectionPhase.IDLE else self.request_seconds


class PortalConnection(Protocol):
    """What the connections must know of one."""

    @property
    def is_ours(self) -> bool:
        """Whether the next move is the portal's: a request that waits for its answer."""
        ...

    @property
    def is_closing(self) -> bool: ...

    def unsent(self) -> int:
        """Bytes of an answer that its peer has not taken."""
        ...

    def abort(self) -> None:
        """Ends it at once."""
        ...


@dataclass
class _Standing:
    phase: ConnectionPhase
    since: float
    unsent: int = 0
    moved: float = 0.0  # when its peer last took something


class PortalConnections:
    """All of them.

    Args:
        now: seconds of a clock that only goes forward.
    """

    def __init__(self, limits: ConnectionLimits, now: Callable[[], float]) -> None:
        self._limits, self._now = limits, now
        self._most, self._most_until = limits.connections, 0.0
        self._standing: dict[PortalConnection, _Standing] = {}
        self._in: dict[ConnectionPhase, dict[PortalConnection, None]] = {phase: {} for phase in ConnectionPhase}

    def __len__(self) -> int:
        return len(self._standing)

    def __contains__(self, connection: object) -> bool:
        return connection in self._standing

    def enter(self, connection: PortalConnection, phase: ConnectionPhase) -> None:
        """A phase begins, also the same one anew."""
        self.leave(connection)
        now = self._now()
        self._standing[connection] = _Standing(phase, now, moved=now)
        self._in[phase][connection] = None

    def stay(self, connection: PortalConnection, phase: ConnectionPhase) -> None:
        """It is in this phase: since now, if it was in another."""
        if connection in self._standing and self._standing[connection].phase is not phase:
            self.enter(connection, phase)

    def leave(self, connection: PortalConnection) -> None:
        standing = self._standing.pop(connection, None)
        if standing is not None:
            del self._in[standing.phase][connection]

    def make_room(self) -> bool:
        """Closes what has waited longest, until one more may come; False where all are being answered."""
        if self._now() >= self._most_until:
            self._most = self._limits.connections
        while len(self) >= self._most:
            going = self._oldest_waiting() or self._slowest(STALLED, SLOW)
            if going is None:
                return False
            self._end(going)
        return True

    def give_files_back(self) -> None:
        """For a minute fewer may be here: the process can open no more files, and the store needs some."""
        self._most = max(len(self) - SPARE, len(self) // 2, 1)
        self._most_until = self._now() + RECOVERY
        self.make_room()

    def sweep(self) -> None:
        """Ends what took too long; to be called several times a second."""
        now = self._now()
        for phase in WAITING:
            latest = now - self._limits.seconds_of(phase)
            while (first := next(iter(self._in[phase]), None)) and self._standing[first].since <= latest:
                self._end(first)
        for connection in list(self._in[ConnectionPhase.ANSWER]):
            self._watch(connection, now)
        self.relieve()

    def relieve(self) -> None:
        """Ends whoever has taken nothing for longest, while more than may be waits in memory."""
        waiting = {one: one.unsent() for one in self._in[ConnectionPhase.ANSWER]}
        total = sum(waiting.values())
        while total > MOST_UNSENT and (going := self._slowest(0, 0)):
            total -= waiting[going]
            self._end(going)

    def end_waiting(self) -> None:
        """Nothing is taken any more: what is not being answered goes."""
        for phase in WAITING:
            for connection in list(self._in[phase]):
                self._end(connection)

    def _watch(self, connection: PortalConnection, now: float) -> None:
        standing, unsent = self._standing[connection], connection.unsent()
        if unsent != standing.unsent:
            standing.unsent, standing.moved = unsent, now
        if unsent:
            is_late = now - standing.since > LONGEST_ANSWER
            if is_late or now - standing.moved > self._limits.request_seconds:
                self._end(connection)
        elif not connection.is_ours and not connection.is_closing:
            self.enter(connection, ConnectionPhase.IDLE)

    def _oldest_waiting(self) -> PortalConnection | None:
        first = [one for phase in WAITING for one in islice(self._in[phase], 1)]
        return min(first, key=lambda one: self._standing[one].since, default=None)

    def _slowest(self, stalled: float, slow: float) -> PortalConnection | None:
        """Of those whose answer is on its way: who took nothing for so many seconds, or is at it for so many."""
        now = self._now()
        slow_ones = (
            one for one in self._in[ConnectionPhase.ANSWER]
            if (one.unsent() or not one.is_ours)
            and (self._standing[one].moved <= now - stalled or self._standing[one].since <= now - slow)
        )  # fmt: skip
        return min(slow_ones, key=lambda one: self._standing[one].moved, default=None)

    def _end(self, connection: PortalConnection) -> None:
        self.leave(connection)
        connection.abort()
