"""The codes of what is odd about how a REST service gave a list; `rules.py` has them all."""

from termpost.schemas.contracts.contract_rule import ContractRule

SERVICE_RULES: dict[str, ContractRule] = {
    "service-inactive": ContractRule(
        "the service marks objects inactive, which counts as deleted",
        "status inactive, which OneRoster 1.1 withdrew, in a list of a REST service",
        "mark who left by an end date or a role, if they should be read",
    ),
    "service-link": ContractRule(
        "the service names a next page behind the last one; everything there is was read",
        "a Link of a REST service that leads behind the end",
        "nothing is lost; tell who runs the service",
    ),
    "service-parts": ContractRule(
        "the service gives no list of users, so students and teachers were read; nobody else is in the extract",
        "users of a REST service from its lists of students and teachers",
        "ask who runs the service for users, if contacts are to come from it",
    ),
    "service-repeats": ContractRule(
        "objects came twice with the same content and were read once",
        "one object several times in a list of a REST service",
        "nothing is lost; tell who runs the service",
    ),
    "service-total": ContractRule(
        "the service's total is not the number of its objects; all its pages were read",
        "X-Total-Count of a REST service contradicts its Link headers or its pages",
        "nothing is lost; tell who runs the service",
    ),
    "service-withheld": ContractRule(
        "this client may not read the list, so birth dates are not known",
        "HTTP 403 on demographics of a REST service",
        "ask who runs the service for the scope roster-demographics.readonly",
    ),
}
