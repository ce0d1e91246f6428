"""Where papers are asked for by name: what each needs, and who makes it."""

from collections.abc import Callable
from dataclasses import dataclass

from schemas.errors import InputError
from tasks.home import Home
from tasks.lake import open_lake
from tasks.papers.class_list import make_class_list
from tasks.papers.prepared import reports_in, schools_of
from tasks.papers.schedule import make_schedule


@dataclass(frozen=True)
class Asked:
    """What was named beside the paper."""

    cycle: str | None = None
    class_id: str | None = None
    student: str | None = None  # the school's id, or the reference


@dataclass(frozen=True)
class Kind:
    """One of the papers."""

    says: str  # what it is, in a few words
    make: Callable[[Home, Asked], bytes]
    needs: tuple[str, ...] = ()  # of Asked
    takes: tuple[str, ...] = ()


def make_paper(home: Home, name: str, asked: Asked) -> bytes:
    """The PDF of a paper.

    Raises:
        InputError: `missing-option`, `needless-option`, `unknown-cycle`, `not-prepared`, `unknown-class`,
            `unknown-person`, `no-report`, or where no font covers a character.
    """
    kind = PAPERS[name]
    options = {"--cycle": asked.cycle, "--class": asked.class_id, "--student": asked.student}
    for option, value in options.items():
        if value is None and option in kind.needs:
            raise InputError("missing-option", f"a {name} needs {option}", f"paper {name}", f"add {option} ID")
        if value is not None and option not in kind.needs + kind.takes:
            raise InputError("needless-option", f"a {name} takes no {option}", f"paper {name}", f"leave {option} out")
    return kind.make(home, asked)


def _class_list(home: Home, asked: Asked) -> bytes:
    assert asked.cycle  # noqa: S101 - make_paper saw to it
    with open_lake(home.lake) as lake:
        found = [(s.name, reports_in(home, lake, s, s.students)) for s in schools_of(home, lake, asked.cycle)]
    return make_class_list(home.settings, [(name, tuple(of.values())) for name, of in found], asked.class_id)


def _schedule(home: Home, asked: Asked) -> bytes:  # noqa: ARG001 - every maker is called so
    today = home.clock.now().astimezone(home.calendar.zone).date()
    return make_schedule(home.settings, home.calendar, today)


PAPERS: dict[str, Kind] = {
    "class-list": Kind("classes for their teachers' proof-reading", _class_list, ("--cycle",), ("--class",)),
    "schedule": Kind("the distribution schedule", _schedule),
}
