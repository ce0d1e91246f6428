"""A made-up school as the JSON of a OneRoster 1.2 service."""

from typing import Any

Things = list[dict[str, Any]]


def ref(kind: str, name: str) -> dict[str, str]:
    return {"href": f"https://sis.example.org/{kind}s/{name}", "sourcedId": name, "type": kind}


def thing(name: str, /, **more: Any) -> dict[str, Any]:
    return {"sourcedId": name, "status": "active", "dateLastModified": "2021-09-01T00:00:00.000Z", **more}


def person(name: str, role: str, /, **more: Any) -> dict[str, Any]:
    roles = [{"roleType": "primary", "role": role, "org": ref("org", "school-1"), "beginDate": "2021-08-01"}]
    return thing(
        name, enabledUser="true", username=name, givenName=f"Given {name}", familyName=f"Family {name}",
        roles=roles, grades=["08"], primaryOrg=ref("org", "school-1"),
        userProfiles=[{"profileId": "p", "credentials": [{"type": "x", "password": "hunter2-Qzx"}]}],
        **{"password": "hunter2-Qzx", **more},
    )  # fmt: skip


def district(students: int = 3) -> dict[str, Things]:
    names = [f"s-{number:03d}" for number in range(students)]
    mark = {"lineItem": ref("lineItem", "item-1"), "class": ref("class", "class-1"), "scoreStatus": "fully graded"}
    return {
        "orgs": [thing("school-1", name="Made-up Middle", type="school", parent=ref("org", "district"))],
        "academicSessions": [
            thing("2021-fall", title="Fall", type="term", startDate="2021-08-20", endDate="2021-12-18",
                  schoolYear="2022", parent=ref("academicSession", "2022")),
        ],
        "courses": [thing("course-1", title="Maths", courseCode="M1", org=ref("org", "school-1"),
                          schoolYear=ref("academicSession", "2022"), subjects=["Maths", "Numbers, and more"])],
        "classes": [thing("class-1", title="Maths 8", classType="scheduled", course=ref("course", "course-1"),
                          school=ref("org", "school-1"), grades=["07", "08"],
                          terms=[ref("academicSession", "2021-fall"), ref("academicSession", "2022-spring")])],
        "users": [person("t-1", "teacher"), *(person(name, "student", agents=[ref("user", f"c-{name}")],
                                                    userIds=[{"type": "SIS", "identifier": "7"}]) for name in names)],
        "enrollments": [
            thing(f"e-{name}", user=ref("user", name), school=ref("org", "school-1"), role="student", primary=False,
                  beginDate="2021-08-23", **{"class": ref("class", "class-1")}) for name in names
        ],
        "demographics": [thing(name, birthDate="2008-03-04", sex="female", hispanicOrLatinoEthnicity="false")
                         for name in names],
        "categories": [thing("cat-1", title="Homework", weight=40)],
        "lineItems": [
            thing("item-1", title="Fractions", assignDate="2021-09-01T00:00:00.000Z", resultValueMin=0.0,
                  dueDate="2021-09-09T04:59:00.000Z", resultValueMax=20.5, category=ref("category", "cat-1"),
                  school=ref("org", "school-1"), gradingPeriod=ref("academicSession", "2021-fall"),
                  **{"class": ref("class", "class-1")}),
        ],
        "results": [
            thing(f"r-{name}", student=ref("user", name), score=17.25, scoreDate="2021-09-10", late="true",
                  comment="See me, please", **mark) for name in names
        ],
        "scoreScales": [
            thing("scale-1", title="Letters", type="letter", course=ref("course", "course-1"),
                  scoreScaleValue=[{"itemValueLHS": "A", "itemValueRHS": "90"},
                                   {"itemValueLHS": "B", "itemValueRHS": "80"}],
                  **{"class": ref("class", "class-1")}),
        ],
    }  # fmt: skip
