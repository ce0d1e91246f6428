"""The form of a deployment in the Prefect UI, which the server holds every run's parameters against."""

from typing import Any

from termpost.schemas.settings.calendar import Calendar

# a login before the host, or a query or fragment after it: what the flow refuses, and the server would keep before that
NO_SECRET = r"^(?![A-Za-z][A-Za-z0-9+.-]*://[^/]*:[^/]*@)(?![^/\\]*:[^/\\]*@)(?!(?:[Hh][Tt][Tt][Pp][Ss]?|[Ss]3|[Ss][Ff][Tt][Pp])://[^?#]*[?#]).*$"  # noqa: S105 - it lets none in


def form_of(schema: dict[str, Any], calendar: Calendar, home: str, rehearsal: bool) -> dict[str, Any]:
    """The parameter schema of a flow, narrowed to what this home can be asked.

    Args:
        schema: as Prefect reads it from the flow's signature.
        home: the only one whose runs this deployment starts.
        rehearsal: only such a home is told another day.
    """
    properties: dict[str, Any] = {name: dict(about) for name, about in schema.get("properties", {}).items()}
    properties["home"] |= {"enum": [home], "default": home}
    if "cycle_id" in properties:
        properties["cycle_id"] |= {"enum": [cycle.id for cycle in calendar.cycles]}
    if "extract" in properties:
        properties["extract"] |= {"pattern": NO_SECRET}
    if not rehearsal:
        properties.pop("as_of", None)
    required = [name for name in ("cycle_id", "extract") if name in properties]  # of whoever fills it in
    return {**schema, "properties": properties, "required": required, "additionalProperties": False}
