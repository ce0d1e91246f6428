"""How AWS decides on a request: denied unless allowed, and an explicit denial wins
(IAM User Guide, "Policy evaluation logic", within one account)."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Statement = Mapping[str, Any]
Context = Mapping[str, str]


@dataclass(frozen=True)
class Principal:
    """Who asks; a request nobody signed has no ARN."""

    arn: str | None
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True)
class Request:
    """One action on one resource, with the condition keys that AWS would find in it."""

    action: str
    resource: str
    context: Context = field(default_factory=dict)


def allows_object_store(principal: Principal, bucket_policy: Iterable[Statement], request: Request) -> bool:
    """S3 within the account: either policy allows, neither denies."""
    context = _with_principal(principal, request)
    found = [s for s in principal.statements if _speaks_of(s, request, context)]
    found += [s for s in bucket_policy if _is_of(s, principal) and _speaks_of(s, request, context)]
    effects = {statement["Effect"] for statement in found}
    return effects == {"Allow"}


def allows_key(principal: Principal, key_policy: Iterable[Statement], request: Request, root: str) -> bool:
    """KMS: the key's policy decides; what it allows to the account's root, an IAM policy may hand on."""
    context = _with_principal(principal, request)
    own = {s["Effect"] for s in principal.statements if _speaks_of(s, request, context)}
    found = [s for s in key_policy if _speaks_of(s, request, context)]
    direct = {s["Effect"] for s in found if _is_of(s, principal)}
    handed_on = {s["Effect"] for s in found if root in _list(s["Principal"]["AWS"])}
    if "Deny" in own | direct | handed_on:
        return False
    return "Allow" in direct or ("Allow" in handed_on and "Allow" in own)


def _with_principal(principal: Principal, request: Request) -> Context:
    return {**request.context, **({"aws:PrincipalArn": principal.arn} if principal.arn else {})}


def _is_of(statement: Statement, principal: Principal) -> bool:
    said = statement["Principal"]
    return bool(said == "*" or principal.arn in _list(said["AWS"]))


def _speaks_of(statement: Statement, request: Request, context: Context) -> bool:
    known = {"Sid", "Effect", "Principal", "Action", "Resource", "NotResource", "Condition"}
    assert set(statement) <= known, set(statement) - known
    if not any(_like(request.action.lower(), one.lower()) for one in _list(statement["Action"])):
        return False
    named = _list(statement.get("Resource", statement.get("NotResource")))
    if any(_like(request.resource, one) for one in named) is ("NotResource" in statement):
        return False
    return all(
        _meets(operator, context.get(key), _list(values))
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    )


def _meets(operator: str, found: str | None, values: list[str]) -> bool:
    if operator == "Null":
        return (found is None) is (values == ["true"])
    test, negated = OPERATORS[operator]  # one that is not known here is an error, not a yes
    if found is None:
        return negated
    return any(test(found, str(value)) for value in values) is not negated


def _like(text: str, pattern: str) -> bool:
    parts = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


OPERATORS: dict[str, tuple[Callable[[str, str], bool], bool]] = {
    "StringEquals": (str.__eq__, False),
    "StringNotEquals": (str.__eq__, True),
    "StringLike": (_like, False),
    "ArnEquals": (_like, False),
    "ArnNotEquals": (_like, True),
    "Bool": (str.__eq__, False),
    "NumericLessThan": (lambda found, value: Decimal(found) < Decimal(value), False),
    "NumericLessThanEquals": (lambda found, value: Decimal(found) <= Decimal(value), False),
    "NumericGreaterThan": (lambda found, value: Decimal(found) > Decimal(value), False),
}
