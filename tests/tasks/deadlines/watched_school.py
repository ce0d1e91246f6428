"""The small school as the watch sees it: two teachers with addresses of their own, a head, a registrar, the office."""

from pathlib import Path

from tests.school import LISA, Prepared, new_school, small_extract
from tests.taught_school import BROWN, NGUYEN, taught

UNMARKED = "2942251002"  # a piece of Nguyen's class
NGUYENS, BROWNS = "nguyen@grand-bend.example.org", "brown@grand-bend.example.org"


def watched_school(folder: Path) -> Prepared:
    """Three reports wait; Lisa's alone has comments, and lacks the mark of one piece of Nguyen's class."""
    new = new_school(folder / "home")
    school = Prepared(new.home, new.phone, extract=small_extract(folder / "extract"))
    taught(school.extract)
    results = school.extract.read("results.csv")
    school.extract.write("results.csv", [
        row for row in results if (row["studentSourcedId"], row["lineItemSourcedId"]) != (LISA, UNMARKED)
    ])  # fmt: skip
    comments = school.extract.read("supplement/comments.csv")
    school.extract.write("supplement/comments.csv", [row for row in comments if row["studentSourcedId"] == LISA])
    for teacher, address in ((NGUYEN, NGUYENS), (BROWN, BROWNS)):
        school.extract.change("users.csv", {"sourcedId": teacher}, email=address)
    school.prepare(school.extract)
    school.register("nguyen", "teacher", NGUYEN)
    school.register("brown", "teacher", BROWN)
    school.register("jkim", "head")
    school.register("kbell", "office")
    return school
