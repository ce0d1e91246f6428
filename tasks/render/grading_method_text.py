"""How the grade was computed, in a few sentences for a family."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from termpost.schemas.base.cycle_kinds import SO_FAR
from termpost.schemas.documents.report import Phrase
from termpost.schemas.settings.grading import GradingPolicy

# of a category; "points" needs no sentence
WITHIN = frozenset({"mean", "median", "lowest", "highest", "mode", "most_recent"})
CUT = frozenset({"down", "truncate"})
FULL = Decimal(100)  # per cent


def method_of(policy: GradingPolicy, titles: Mapping[str, str], kind: str) -> tuple[Phrase, ...]:
    """Says what the policy does; a rule that is off is left out. Sentences of the table `method`.

    Args:
        titles: of categories and sessions by id; what a policy names by title stands there already.
        kind: of the cycle: a midterm counts marked work only.
    """
    said = (
        _whole(policy), _rounded(policy), *_drops(policy), *_within(policy), *_weights(policy), *_periods(policy),
        *_marked(policy, kind), *_retakes(policy), *_floors(policy), *_deductions(policy), *_extra(policy),
        *_exceptions(policy),
    )  # fmt: skip
    return tuple(_by_title(sentence, titles) for sentence in said)


def _by_title(said: Phrase, titles: Mapping[str, str]) -> Phrase:
    texts = tuple((name, titles.get(value, value)) for name, value in said.texts)
    shares = tuple((titles.get(name, name), percent) for name, percent in said.shares)
    return said.model_copy(update={"texts": texts, "shares": shares})


def _whole(policy: GradingPolicy) -> Phrase:
    if policy.aggregate == "points":
        return Phrase(key="method.points")
    shares = tuple((name, rule.weight) for name, rule in policy.category.items() if rule.weight)
    return Phrase(key="method.weighted", shares=shares) if shares else Phrase(key="method.weighted_gradebook")


def _rounded(policy: GradingPolicy) -> Phrase:
    key = "method.cut" if policy.rounding.mode in CUT else "method.rounded"
    places = policy.rounding.places
    if policy.show_of is not None:
        texts = (("of", f"{policy.show_of:f}"),)
        return Phrase(key=f"{key}_of", n=places, texts=texts) if places else Phrase(key=f"{key}_of_whole", texts=texts)
    return Phrase(key=key, n=places) if places else Phrase(key=f"{key}_whole")


def _of(key: str, name: str, n: int | None = None) -> Phrase:
    return Phrase(key=f"method.{key}", n=n, texts=(("name", name),))


def _drops(policy: GradingPolicy) -> Iterator[Phrase]:
    for name, rule in policy.category.items():
        for key in ("drop_lowest", "drop_highest", "keep_highest"):
            if count := getattr(rule, key):
                yield _of(key, name, count)


def _within(policy: GradingPolicy) -> Iterator[Phrase]:
    if policy.aggregate == "weighted":
        for name, rule in policy.category.items():
            if rule.aggregate in WITHIN:
                yield _of(str(rule.aggregate), name)
            elif rule.aggregate == "decaying":
                yield _of("decaying", name).model_copy(update={"percents": (("percent", rule.decay),)})


def _weights(policy: GradingPolicy) -> Iterator[Phrase]:
    for name, rule in policy.category.items():
        if any(weight != 1 for weight in rule.item_weights.values()):
            yield _of("item_weights", name)


def _periods(policy: GradingPolicy) -> Iterator[Phrase]:
    shares = tuple((name, period.weight) for name, period in policy.period.items() if period.weight)
    if shares:
        yield Phrase(key="method.periods_rounded" if policy.periods_round_first else "method.periods", shares=shares)


def _marked(policy: GradingPolicy, kind: str) -> Iterator[Phrase]:
    deducted = policy.missing.deduct_percent
    least = policy.floor.mark_percent if policy.floor.missing else None
    key, percents = ("_floor", (("percent", least),)) if least else ("", ())
    if deducted is not None:
        yield Phrase(key="method.missing", percents=(("percent", max(FULL - deducted, least or Decimal(0))),))
    if kind in SO_FAR:
        yield Phrase(key="method.current" if deducted is None else "method.current_besides")
    elif policy.compat == "canvas":
        yield Phrase(
            key=f"method.blanks{key}" if deducted is None else f"method.blanks_besides{key}", percents=percents
        )
    elif deducted is None:
        yield Phrase(key=f"method.missing{key or '_zero'}", percents=percents)


def _floors(policy: GradingPolicy) -> Iterator[Phrase]:
    for part in ("mark", "category", "period"):
        if percent := getattr(policy.floor, f"{part}_percent"):
            yield Phrase(key=f"method.floor_{part}", percents=(("percent", percent),))


def _retakes(policy: GradingPolicy) -> Iterator[Phrase]:
    for rule in dict.fromkeys(retake.rule for retake in policy.retake):
        yield Phrase(key=f"method.retake_{rule}")


def _deductions(policy: GradingPolicy) -> Iterator[Phrase]:
    late = policy.late
    if late.percent_per_interval:
        yield Phrase(key=f"method.late_{late.interval}", percents=(("percent", late.percent_per_interval),))
        if late.floor_percent:
            yield Phrase(key="method.late_floor", percents=(("percent", late.floor_percent),))


def _extra(policy: GradingPolicy) -> Iterator[Phrase]:
    if any(rule.extra_credit for rule in policy.category.values()):
        yield Phrase(key="method.extra_credit")
    elif policy.max_percent > FULL:
        yield Phrase(key="method.above", percents=(("percent", FULL),))


def _exceptions(policy: GradingPolicy) -> Iterator[Phrase]:
    for name, rule in policy.category.items():
        if rule.beside:
            yield _of("beside", name)
    if policy.omit.line_items:
        yield Phrase(key="method.practice")
    if policy.classes:
        yield Phrase(key="method.own_rules")
