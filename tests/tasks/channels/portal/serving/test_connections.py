"""Which connection of the portal ends, and when: by a clock that the test turns."""

import pytest
from termpost.tasks.channels.portal.serving import connections as module
from termpost.tasks.channels.portal.serving.connections import (
    WAITING,
    ConnectionLimits,
    ConnectionPhase,
    PortalConnections,
)


class Line:
    """A connection that does nothing by itself."""

    def __init__(self, is_ours: bool = False) -> None:
        self.is_ours, self.is_closing, self.waiting, self.ended = is_ours, False, 0, False

    def unsent(self) -> int:
        return self.waiting

    def abort(self) -> None:
        self.ended = True


class Turned:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Turned:
    return Turned()


@pytest.fixture
def three(clock: Turned) -> PortalConnections:
    return PortalConnections(ConnectionLimits(3, idle_seconds=60, request_seconds=10), clock)


def entered(
    connections: PortalConnections, phase: ConnectionPhase, count: int = 1, *, is_ours: bool = False
) -> list[Line]:
    lines = [Line(is_ours) for _ in range(count)]
    for line in lines:
        connections.enter(line, phase)
    return lines


def test_the_oldest_makes_room_and_nobody_else(three: PortalConnections, clock: Turned) -> None:
    first, second, third = entered(three, ConnectionPhase.IDLE, 3)
    clock.now += 1
    three.enter(first, ConnectionPhase.IDLE)  # was answered since
    assert three.make_room()
    assert [line.ended for line in (first, second, third)] == [False, True, False]
    assert three.make_room()
    assert not third.ended  # there is room already


def test_what_waits_in_any_way_is_compared_by_its_age(three: PortalConnections, clock: Turned) -> None:
    lines = []
    for phase in (ConnectionPhase.BODY, ConnectionPhase.HANDSHAKE, ConnectionPhase.HEADERS):
        lines += entered(three, phase)
        clock.now += 1
    assert three.make_room()
    assert [line.ended for line in lines] == [True, False, False]


def test_who_is_being_answered_stays_and_the_newcomer_goes(three: PortalConnections, clock: Turned) -> None:
    lines = entered(three, ConnectionPhase.ANSWER, 3, is_ours=True)
    clock.now += 3600
    three.sweep()
    assert not three.make_room()
    assert not any(line.ended for line in lines)


def test_who_takes_nothing_of_an_answer_goes_where_room_is_wanted(three: PortalConnections, clock: Turned) -> None:
    reading, stalled, third = entered(three, ConnectionPhase.ANSWER, 3)
    reading.waiting = stalled.waiting = third.waiting = 1000
    three.sweep()
    clock.now += 6
    reading.waiting = third.waiting = 500
    three.sweep()
    assert three.make_room()
    assert [line.ended for line in (reading, stalled, third)] == [False, True, False]
    entered(three, ConnectionPhase.ANSWER)
    assert not three.make_room()


def test_slow_readers_keep_nobody_out_for_long(three: PortalConnections, clock: Turned) -> None:
    lines = entered(three, ConnectionPhase.ANSWER, 3)
    for second in range(30):
        for line in lines:
            line.waiting = 1000 - second
        three.sweep()
        assert not three.make_room()
        clock.now += 1
    assert three.make_room()
    assert [line.ended for line in lines] == [True, False, False]


@pytest.mark.parametrize("phase", WAITING)
def test_each_phase_has_its_time_however_many_bytes_come(
    three: PortalConnections, clock: Turned, phase: ConnectionPhase
) -> None:
    (line,) = entered(three, phase)
    clock.now += (60 if phase is ConnectionPhase.IDLE else 10) - 1
    three.stay(line, phase)
    three.sweep()
    assert not line.ended
    clock.now += 1
    three.stay(line, phase)
    three.sweep()
    assert line.ended
    assert len(three) == 0


def test_an_answer_is_waited_for_while_some_of_it_is_taken_and_not_for_ever(
    three: PortalConnections, clock: Turned
) -> None:
    slow, stalled = entered(three, ConnectionPhase.ANSWER, 2)
    slow.waiting = stalled.waiting = 1000
    three.sweep()
    for _ in range(3):
        clock.now += 9
        slow.waiting -= 1
        three.sweep()
    assert (slow.ended, stalled.ended) == (False, True)
    clock.now = 1000 + module.LONGEST_ANSWER + 1
    slow.waiting -= 1
    three.sweep()
    assert slow.ended


def test_an_answer_that_was_taken_leaves_an_idle_connection(three: PortalConnections, clock: Turned) -> None:
    (line,) = entered(three, ConnectionPhase.ANSWER)
    line.waiting = 5
    three.sweep()
    line.waiting = 0
    clock.now += 9
    three.sweep()
    clock.now += 59
    three.sweep()
    assert not line.ended
    clock.now += 1
    three.sweep()
    assert line.ended


def test_answers_that_nobody_takes_fill_no_memory(three: PortalConnections, clock: Turned) -> None:
    lines = entered(three, ConnectionPhase.ANSWER, 3, is_ours=True)
    for line in lines:
        line.waiting = module.MOST_UNSENT // 2
        three.sweep()
        clock.now += 1
    assert [line.ended for line in lines] == [True, False, False]


def test_at_the_end_only_what_is_being_answered_stays(three: PortalConnections) -> None:
    (answered,) = entered(three, ConnectionPhase.ANSWER, is_ours=True)
    waiting = entered(three, ConnectionPhase.IDLE) + entered(three, ConnectionPhase.BODY)
    three.end_waiting()
    assert (answered.ended, [line.ended for line in waiting]) == (False, [True, True])


def test_where_files_run_out_fewer_may_be_here_for_a_minute(clock: Turned) -> None:
    connections = PortalConnections(ConnectionLimits(100, idle_seconds=600), clock)
    connections.give_files_back()  # nobody is there
    lines = entered(connections, ConnectionPhase.IDLE, 80)
    connections.give_files_back()
    assert [line.ended for line in lines] == [True] * 33 + [False] * 47
    entered(connections, ConnectionPhase.IDLE)
    assert connections.make_room()
    assert len(connections) == 47
    clock.now += module.RECOVERY
    entered(connections, ConnectionPhase.IDLE, 52)
    assert connections.make_room()
    assert len(connections) == 99
