"""Whether an extract is the clean district it should be, asked in SQL. Imports nothing of the generator."""

from pathlib import Path
from typing import Any

import duckdb

# table, column (a list is split at commas), table whose sourcedId it names
REFERENCES = """
orgs parentSourcedId orgs · academicSessions parentSourcedId academicSessions · courses orgSourcedId orgs
courses schoolYearSourcedId academicSessions · classes courseSourcedId courses · classes schoolSourcedId orgs
classes termSourcedIds academicSessions · users agentSourcedIds users · demographics sourcedId users
enrollments classSourcedId classes · enrollments userSourcedId users · enrollments schoolSourcedId orgs
lineItems classSourcedId classes · lineItems categorySourcedId categories · results lineItemSourcedId lineItems
results studentSourcedId demographics · contacts studentSourcedId demographics · contacts contactSourcedId users
students studentSourcedId demographics · attendance studentSourcedId demographics · attendance schoolSourcedId orgs
comments studentSourcedId demographics · comments classSourcedId classes · grades studentSourcedId demographics
grades classSourcedId classes · grades academicSessionSourcedId academicSessions
"""
OF_VERSION = {
    "1.1": "lineItems gradingPeriodSourcedId academicSessions · users orgSourcedIds orgs",
    "1.2": "lineItems academicSessionSourcedId academicSessions · lineItems schoolSourcedId orgs"
    " · results classSourcedId classes · roles userSourcedId users · roles orgSourcedId orgs"
    " · roles userProfileSourcedId userProfiles · userProfiles userSourcedId users · users primaryOrgSourcedId orgs",
}
KEYS = {"contacts": "studentSourcedId, contactSourcedId", "results": "studentSourcedId, lineItemSourcedId"}

_MARKS = """SELECT r.*, TRY_CAST(score AS DECIMAL(9, 3)) AS mark,
  resultValueMax::DECIMAL(9, 3) AS possible, dueDate, assignDate,
  i.classSourcedId AS held FROM results r JOIN lineItems i ON r.lineItemSourcedId = i.sourcedId"""
_TURN = "(SELECT max(startDate) FROM academicSessions WHERE type = 'semester')"  # a seat is counted in each semester
_SEATS = f"""SELECT 'fall' AS term, * FROM enrollments WHERE role = 'student' AND beginDate < {_TURN}
  UNION ALL SELECT 'spring', * FROM enrollments WHERE role = 'student' AND coalesce(endDate > {_TURN}, true)"""

# rule → query of the rows that break it
RULES = {
    "type-date": "SELECT 1 FROM results WHERE TRY_CAST(scoreDate AS DATE) IS NULL OR scoreDate NOT LIKE '____-__-__'",
    "type-decimal": "SELECT 1 FROM results WHERE score IS NOT NULL AND TRY_CAST(score AS DECIMAL(9, 3)) IS NULL",
    "status": """SELECT 1 FROM results WHERE scoreStatus NOT IN
      ('exempt', 'fully graded', 'not submitted', 'partially graded', 'submitted')""",
    "status-score": """SELECT 1 FROM results WHERE (score IS NULL AND scoreStatus LIKE '%graded')
      OR (score IS NOT NULL AND scoreStatus IN ('exempt', 'submitted'))""",
    "above-max": f"SELECT 1 FROM ({_MARKS}) WHERE possible > 0 AND mark NOT BETWEEN 0 AND possible",
    "mark-dates": f"""SELECT 1 FROM ({_MARKS})
      WHERE TRY_CAST(scoreDate AS DATE) < dueDate::DATE OR dueDate < assignDate""",
    "not-enrolled": f"""SELECT 1 FROM ({_MARKS}) WHERE studentSourcedId IN (FROM demographics SELECT sourcedId)
      AND NOT EXISTS (SELECT 1 FROM enrollments e WHERE e.classSourcedId = held AND e.userSourcedId = studentSourcedId
      AND dueDate >= beginDate AND coalesce(dueDate < endDate, true))""",
    "class-size": f"""SELECT 1 FROM ({_SEATS}) GROUP BY term, classSourcedId HAVING count(*) NOT BETWEEN 12 AND 35""",
    "course-count": f"""SELECT 1 FROM ({_SEATS}) s JOIN classes c ON s.classSourcedId = c.sourcedId
      GROUP BY term, userSourcedId HAVING count(*) NOT BETWEEN 6 AND 9
      OR count(DISTINCT courseSourcedId) < count(*)""",
    "seat-count": """SELECT 1 FROM enrollments WHERE role = 'student' GROUP BY userSourcedId HAVING count(*) > 9""",
    "students-everywhere": f"""(SELECT sourcedId, term FROM demographics, (VALUES ('fall'), ('spring')) t(term))
      EXCEPT SELECT userSourcedId, term FROM ({_SEATS})""",
    "one-primary-teacher": """SELECT 1 FROM enrollments GROUP BY classSourcedId
      HAVING count(*) FILTER (role = 'teacher' AND "primary" = 'true') <> 1""",
    "student-without-contact": "SELECT sourcedId FROM demographics EXCEPT SELECT studentSourcedId FROM contacts",
    "contact-role": """SELECT 1 FROM contacts WHERE contactSourcedId IN (SELECT userSourcedId FROM enrollments)""",
    "restriction": """SELECT 1 FROM contacts WHERE contactRestrictions NOT IN ('no-contact', 'no-records', 'post-only')
      OR (contactRestrictions IS NULL AND coalesce(restrictionFrom, restrictionUntil) IS NOT NULL)
      OR restrictionUntil <= restrictionFrom""",
    "mail-domain": """SELECT 1 FROM (SELECT email FROM users UNION ALL SELECT email FROM contacts UNION ALL
      SELECT email FROM students) WHERE NOT email SIMILAR TO '[a-z0-9]+@[a-z]+\\.example\\.org'""",
}


class Extract:
    """The files of a folder as tables of text, read strictly."""

    def __init__(self, folder: Path) -> None:
        self._con = duckdb.connect()
        self.tables = sorted(path.stem for path in folder.rglob("*.csv"))
        for path in folder.rglob("*.csv"):
            # bound parameters are not allowed in a view
            source = str(path).replace("'", "''")
            self._con.execute(
                f"CREATE TABLE {path.stem} AS SELECT * FROM read_csv('{source}', all_varchar = true, header = true,"
                " delim = ',', quote = '\"', escape = '\"', strict_mode = true, auto_detect = false,"
                f" columns = {_columns(path)}, nullstr = '')"
            )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query gives."""
        return self._con.execute(query).fetchall()

    def values(self, query: str) -> set[Any]:
        """The different values of the first column."""
        return {row[0] for row in self.rows(query)}

    def finds(self, query: str) -> bool:
        """Whether a query finds a row."""
        return bool(self.rows(f"SELECT 1 FROM ({query}) LIMIT 1"))


def _columns(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8-sig") as file:
        return dict.fromkeys(file.readline().rstrip("\r\n").split(","), "VARCHAR")


def audit(folder: Path) -> list[str]:
    """The rules that the extract breaks, sorted; none for a clean one. duckdb.Error where it cannot be read."""
    extract = Extract(folder)
    broken = {name for name, query in RULES.items() if extract.finds(query)}
    [version] = extract.values("SELECT value FROM manifest WHERE propertyName = 'oneroster.version'")
    for reference in (REFERENCES.strip() + " · " + OF_VERSION[version]).replace("\n", " · ").split(" · "):
        table, column, target = reference.split()
        keys = f"SELECT unnest(string_split({column}, ',')) AS key FROM {table} WHERE {column} IS NOT NULL"
        if not extract.finds(keys) or extract.finds(f"{keys} EXCEPT SELECT sourcedId FROM {target}"):
            broken.add(f"reference {table}.{column}")  # a column that is blank throughout refers to nothing
    for table in extract.tables:
        own = f"FROM duckdb_columns() WHERE table_name = '{table}' AND column_name = 'sourcedId'"
        has_id = extract.finds(f"SELECT 1 {own}")
        for key in [KEYS.get(table), "sourcedId" if has_id else None]:
            if key and extract.finds(f"SELECT 1 FROM {table} GROUP BY {key} HAVING count(*) > 1"):
                broken.add(f"unique {table}")
    return sorted(broken)
