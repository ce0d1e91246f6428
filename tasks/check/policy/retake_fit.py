"""Whether the retakes of a policy can be placed: what it pairs must be two pieces of one class."""

from collections.abc import Iterator
from dataclasses import dataclass

from termpost.schemas.base.errors import InputError
from termpost.schemas.settings.grading import ClassRules, GradingPolicy
from termpost.schemas.settings.retake import Retake
from termpost.schemas.settings.toml_lines import TomlPath
from termpost.tasks.check.policy.tables import PolicyTables

ITEMS = """
SELECT line_item_id, class_id, coalesce(points_possible > coalesce(points_min, 0), false)
FROM {line_item} WHERE list_contains($items, line_item_id)
"""
ENDS = "SELECT 1 FROM {line_item} WHERE ends_with(lower(trim(title)), lower($suffix)) LIMIT 1"
Pieces = dict[str, tuple[str, bool]]  # line item → its class, and whether it is worth points


@dataclass(frozen=True)
class PlacedRetake:
    """A retake of the policy, and where it stands."""

    retake: Retake
    class_id: str | None  # None: of all classes
    at: TomlPath

    @property
    def named(self) -> Iterator[tuple[str, str]]:
        """Keys and the line items that they name."""
        if self.retake.original is not None and self.retake.retake is not None:
            yield from (("original", self.retake.original), ("retake", self.retake.retake))


def retakes_of(policy: GradingPolicy) -> list[PlacedRetake]:
    """All of a policy, those of single classes last."""
    found = [PlacedRetake(one, None, ("retake", n)) for n, one in enumerate(policy.retake)]
    for class_id, rules in policy.classes.items():
        found += [PlacedRetake(one, class_id, ("class", class_id, "retake", n)) for n, one in enumerate(rules.retake)]
    return found


def retake_misfits(tables: PolicyTables, policy: GradingPolicy) -> Iterator[InputError]:
    """Of retakes whose line items are all in the extract: `retake-cannot-be`, or `unknown-in-policy` where no title
    has the ending."""
    placed = retakes_of(policy)
    items = sorted({item for one in placed for _, item in one.named})
    rows = tables.rows(ITEMS, items=items) if items else []
    pieces: Pieces = {str(item): (str(class_id), bool(is_worth)) for item, class_id, is_worth in rows}
    own_rules = {item for rules in (policy, *policy.classes.values()) for item in _with_rules(rules)}
    for one in placed:
        suffix = one.retake.suffix
        if suffix is not None and not tables.rows(ENDS, suffix=suffix):
            what = f'the extract has no line item whose title ends in "{suffix}"'
            yield InputError(
                "unknown-in-policy", what, policy.where((*one.at, "suffix")), "see titles in lineItems.csv"
            )
        elif all(item in pieces for _, item in one.named):
            yield from _pair_misfits(one, pieces, own_rules, policy)


def _pair_misfits(
    one: PlacedRetake, pieces: Pieces, own_rules: set[str], policy: GradingPolicy
) -> Iterator[InputError]:  # fmt: skip
    def misfit(what: str, key: str, remedy: str) -> InputError:
        return InputError("retake-cannot-be", what, policy.where((*one.at, key)), remedy)

    classes = []
    for key, item in one.named:
        class_id, is_worth = pieces[item]
        classes.append(class_id)
        if not is_worth:
            yield misfit("a piece worth no points has no percentage to compare", key, "name a piece worth points")
        if one.class_id is not None and class_id != one.class_id:
            yield misfit("the piece is of another class", key, "name it under [[retake]], or under its own class")
        if one.class_id is None and class_id in policy.classes and policy.classes[class_id].retake:
            remedy = f'name it in [[class."{class_id}".retake]]'
            yield misfit("the class of this piece has retakes of its own", key, remedy)
        if key == "retake" and item in own_rules:
            remedy = "name its first attempt there"
            yield misfit("a retake counts as its first attempt, so a rule for it alone does nothing", key, remedy)
    if len(set(classes)) > 1:
        yield misfit("the two pieces are of different classes", "retake", "pair pieces of one class")


def _with_rules(rules: ClassRules) -> Iterator[str]:
    """Line items that a category names."""
    for rule in rules.category.values():
        yield from (*rule.item_weights, *rule.never_drop, *rule.extra_items)
