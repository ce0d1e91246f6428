"""The made-up school as the JSON of a OneRoster 1.1 service: one root, a user's role and organisations in the user."""

from typing import Any

from tests.tasks.extract.rest_district import Things, district, ref, thing


def district_1_1(students: int = 3) -> dict[str, Things]:
    """Whole: it refers to nothing that is not there."""
    found = district(students)
    del found["scoreScales"]
    found["orgs"].append(thing("district", name="Made-up District", type="district", children=[ref("org", "school-1")]))
    found["academicSessions"] += [
        thing("2022", title="2021-2022", type="schoolYear", startDate="2021-08-20", endDate="2022-06-10",
              schoolYear="2022", children=[ref("academicSession", "2021-fall")]),
        thing("2022-spring", title="Spring", type="term", startDate="2022-01-10", endDate="2022-06-10",
              schoolYear="2022", parent=ref("academicSession", "2022")),
    ]  # fmt: skip
    found["users"] = [_person_1_1(one) for one in found["users"]]
    found["demographics"] = [_birth_1_1(one) for one in found["demographics"]]
    found["categories"] = [thing("cat-1", title="Homework")]
    for result in found["results"]:
        del result["class"], result["late"]
    return found


def _person_1_1(person: dict[str, Any]) -> dict[str, Any]:
    role = person["roles"][0]["role"]
    kept = {name: value for name, value in person.items() if name not in ("roles", "primaryOrg", "userProfiles")}
    return {
        **kept,
        "role": role,
        "orgs": [ref("org", "school-1")],
        "enabledUser": "true",
        "identifier": "",
        "agents": [],
    }


def _birth_1_1(person: dict[str, Any]) -> dict[str, Any]:
    """The JSON binding of 1.1 has no capital in it."""
    return {"birthdate" if name == "birthDate" else name: value for name, value in person.items()}
