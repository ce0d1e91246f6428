"""Which envelope goes into which pack: by class, to be handed over at school, or by post code, to be mailed.

Mail is sorted by post code through all packs. A pack takes whole areas (the first signs of the code) until it is worth
carrying; what goes abroad, and what has no post code, is by itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, groupby

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.pack import Insert, Pack, PackedEnvelope, Sort
from termpost.tasks.channels.print.addressees import Addressees
from termpost.tasks.channels.print.envelope_status import StoredEnvelope

MOST = 250  # envelopes in a pack: what a tray holds, and a printer takes without a second thought
LEAST = 50  # and what makes a pack by post code worth a new one at the next area
Key = tuple[str, ...]


def into_packs(
    cycle: str, school: str, envelopes: Iterable[StoredEnvelope], known: Addressees, sort: Sort,
    enclosed: dict[str, tuple[Insert, ...]], first_pack: int, first_envelope: int,
) -> list[Pack]:  # fmt: skip
    """New packs, numbered from `first_pack` and `first_envelope` on. A recipient is in one of them only.

    Args:
        envelopes: of one school; whoever gets them is known.
        enclosed: object of an envelope → what else goes in.
    """
    groups: defaultdict[Key, list[tuple[Key, StoredEnvelope]]] = defaultdict(list)
    by_recipient: defaultdict[PersonRef, list[StoredEnvelope]] = defaultdict(list)
    for envelope in envelopes:
        by_recipient[envelope.recipient].append(envelope)
    for recipient, mine in by_recipient.items():
        group, place = _placed(recipient, mine, known, sort)
        groups[group] += [((*place, envelope.object), envelope) for envelope in mine]
    numbers = count(first_envelope)
    made: list[Pack] = []
    for group, placed in sorted(groups.items()):
        in_order = [envelope for _, envelope in sorted(placed, key=lambda one: one[0])]
        for part in (part for area in _by_area(in_order, known, sort) for part in _parts(area)):
            packed = tuple(_packed(envelope, next(numbers), enclosed) for envelope in part)
            class_id = group[-1] if sort == "class" and group[0] == "" else None
            made.append(Pack(cycle=cycle, school=school, number=first_pack + len(made), sort=sort, class_id=class_id,
                             envelopes=packed))  # fmt: skip
    return made


def _placed(recipient: PersonRef, mine: Sequence[StoredEnvelope], known: Addressees, sort: Sort) -> tuple[Key, Key]:
    """The pack, and the place in it. Of several children the one whom a register lists first decides."""
    name = (known.recipients[recipient].name, recipient)
    if sort == "postcode":
        to = known.destination(recipient)
        return (to.abroad,), (to.country, to.code, " ".join(known.address(recipient)), *name)
    children = known.by_name({ref for envelope in mine for ref in envelope.students})
    child = next((ref for ref in children if ref in known.classes), children[0])
    place = (*known.places.get(child, ()), *name)
    if child not in known.classes:
        return ("~", "no class"), place  # last
    class_id, title = known.classes[child]
    return ("", known.titles.get(title, title), title, class_id), place


def _by_area(envelopes: Sequence[StoredEnvelope], known: Addressees, sort: Sort) -> Iterator[list[StoredEnvelope]]:
    """Whole areas one after another, until there are LEAST of them."""
    if sort != "postcode":
        yield list(envelopes)
        return
    held: list[StoredEnvelope] = []
    for _, area in groupby(envelopes, key=lambda one: known.destination(one.recipient)[:3]):
        mine = list(area)
        if len(held) >= LEAST or (len(held) + len(mine) > MOST and held):
            yield held
            held = []
        held += mine
    if held:
        yield held


def _parts(envelopes: Sequence[StoredEnvelope]) -> list[Sequence[StoredEnvelope]]:
    """At most MOST each, about as many in each, and a recipient's envelopes together."""
    parts = -(-len(envelopes) // MOST)
    size = -(-len(envelopes) // parts)
    found, start = [], 0
    while start < len(envelopes):
        end = min(start + size, len(envelopes))
        while end < len(envelopes) and envelopes[end].recipient == envelopes[end - 1].recipient:
            end += 1
        found.append(envelopes[start:end])
        start = end
    return found


def _packed(envelope: StoredEnvelope, number: int, enclosed: dict[str, tuple[Insert, ...]]) -> PackedEnvelope:
    return PackedEnvelope(number=number, recipient=envelope.recipient, object=envelope.object, digest=envelope.digest,
                          reports=envelope.reports, enclosed=enclosed.get(envelope.object, ()))  # fmt: skip
