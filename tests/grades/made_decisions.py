"""Makes up what a school adds to a term: grades that were set elsewhere, classes signed off, pieces left out."""

import random
from fractions import Fraction

from tests.grades.world import World, WorldImported, WorldQuestion

IMPORTED = (
    WorldImported(Fraction("71.25")), WorldImported(Fraction(90), "A"), WorldImported(None, "P"),
    WorldImported(None, "W"), WorldImported(None, None, "W"), WorldImported(Fraction("55.5"), None, "Override"),
    WorldImported(None, "B", "Override"),
)  # fmt: skip


def decide(world: World, chance: random.Random) -> None:
    """The same of the same term."""
    for klass, student in sorted({(seat.klass, seat.student) for seat in world.seats}):
        if chance.random() < 0.05:
            world.imported[klass, student] = chance.choice(IMPORTED)
    for of in world.classes.values():
        of.keys.grade_of_record = "computed" if chance.random() < 0.1 else of.keys.grade_of_record
        if of.keys.periods and chance.random() < 0.1:
            of.keys.periods[chance.choice(sorted(of.keys.periods))] = Fraction(0)
    world.signed_off = frozenset(name for name in world.classes if chance.random() < 0.2)
    world.unmarked_share = chance.choice((50, 50, 25, 100))
    accepted = set[WorldQuestion]()
    for piece in world.pieces.values():
        students = sorted({seat.student for seat in world.seats if seat.klass == piece.klass})
        if chance.random() < 0.08:
            accepted.add(WorldQuestion("unmarked-piece", piece.klass, piece=piece.name))
        elif students and chance.random() < 0.08:
            one = chance.choice(students)
            accepted.add(WorldQuestion("unmarked-pupil", piece.klass, piece=piece.name, student=one))
    for name, of in world.classes.items():
        for cause, parts in (("empty-category", of.keys.categories), ("empty-period", of.keys.periods)):
            accepted |= {WorldQuestion(cause, name, part=part) for part in parts if chance.random() < 0.2}
    world.accepted = frozenset(accepted)
