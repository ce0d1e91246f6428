"""Comment safety: what of a teacher's comment somebody should read again before a family does.

Set-based: each different text is taken apart once, and compared with the names of the class, the sessions and the
pronouns on record. Nothing is inferred about a person, and no word of a comment leaves DuckDB.
"""

from collections.abc import Iterable

import duckdb
from termpost.tasks.check.contracts.check_parameters import CheckParameters
from termpost.tasks.check.contracts.specs import CheckSpec
from termpost.tasks.check.rows.common_words import ORDINARY
from termpost.tasks.check.rows.relations import record

# whose comment it is, of which class (blank: homeroom) and in which session
OF_DATASET = {
    "results": """
SELECT r.row_number, r.student_sourced_id AS student, i.class_sourced_id AS class_id,
  i.grading_period_sourced_id AS session, r.comment FROM live_results AS r
JOIN live_line_items AS i ON i.sourced_id = r.line_item_sourced_id WHERE r.comment IS NOT NULL""",
    "supplement_comments": """
SELECT c.row_number, c.student_sourced_id AS student, c.class_sourced_id AS class_id, CAST(NULL AS VARCHAR) AS session,
  t.comment FROM live_supplement_comments AS c,
  LATERAL (SELECT unnest([c.comment, c.strength, c.next_step, c.home_help, c.student_says]) AS comment) AS t
  WHERE t.comment IS NOT NULL""",
}
TEXTS = {  # what of a row there must be
    "results": "comment", "supplement_comments": "coalesce(comment, strength, next_step, home_help, student_says)",
}  # fmt: skip

# letters alone, without accents and case; "Lisa's" is Lisa, and ʻokina and apostrophes within a name say nothing
BARE = "regexp_replace(regexp_replace({}, '[''’]s\\b', '', 'g'), '[''’ʻʼ`]', '', 'g')"
PLAIN = "lower(strip_accents({}))"
LETTERS = r"[\p{L}\p{M}]+"
# with digits, words apart by one space each, a space at both ends
PADDED = "' ' || trim(regexp_replace(lower(strip_accents({})), '[^\\p{{L}}\\p{{M}}\\p{{N}}]+', ' ', 'g')) || ' '"

SETUP = f"""
CREATE OR REPLACE TEMP TABLE comment_row AS
  SELECT dense_rank() OVER (ORDER BY comment) AS text_id, * FROM ({{rows}});
CREATE OR REPLACE TEMP TABLE comment_text AS
  SELECT text_id, any_value(comment) AS comment, {PADDED.format("any_value(comment)")} AS padded
  FROM comment_row GROUP BY text_id;
CREATE OR REPLACE TEMP TABLE comment_word AS
  SELECT text_id, {PLAIN.format("word")} AS word, place, word[1] <> upper(word[1]) AS is_small FROM (
    SELECT text_id, unnest(words) AS word, generate_subscripts(words, 1) AS place FROM (
      SELECT text_id, regexp_extract_all({BARE.format("comment")}, '{LETTERS}') AS words FROM comment_text));
"""

# a homeroom comment is read beside all classmates of the student
NAMES = f"""
WITH class AS (
  SELECT row_number, text_id, student, class_id FROM comment_row WHERE class_id IS NOT NULL
  UNION
  SELECT r.row_number, r.text_id, r.student, e.class_sourced_id FROM comment_row AS r
  JOIN live_enrollments AS e ON e.user_sourced_id = r.student WHERE r.class_id IS NULL
), person AS (
  SELECT sourced_id AS person, role, given_name AS name, 'given' AS kind FROM live_users
  UNION ALL SELECT sourced_id, role, family_name, 'family' FROM live_users
  UNION ALL SELECT student_sourced_id, 'student', preferred_name, 'given' FROM live_supplement_students
), name AS (
  SELECT DISTINCT person, role, kind, {PLAIN.format("word")} AS word FROM (
    SELECT person, role, kind, unnest(regexp_extract_all({BARE.format("name")}, '{LETTERS}')) AS word FROM person)
), roster AS (
  SELECT DISTINCT class_sourced_id AS class_id, user_sourced_id AS person, role FROM live_enrollments
), ordinary AS (
  SELECT unnest($ordinary::VARCHAR[]) AS word
  UNION
  SELECT word FROM comment_word GROUP BY word
  HAVING count(DISTINCT text_id) FILTER (WHERE is_small) >= 3 AND count_if(is_small) * 2 >= count(*)
), known AS (  -- the student's own names, those of the class's teachers, and the words of its title
  SELECT c.row_number, n.word FROM class AS c JOIN name AS n ON n.person = c.student
  UNION
  SELECT c.row_number, n.word FROM class AS c JOIN roster AS t ON t.class_id = c.class_id AND t.role = 'teacher'
  JOIN name AS n ON n.person = t.person
  UNION
  SELECT c.row_number, {PLAIN.format("t.word")} FROM class AS c JOIN (
    SELECT sourced_id, unnest(regexp_extract_all(title, '{LETTERS}')) AS word FROM live_classes
  ) AS t ON t.sourced_id = c.class_id
), hit AS (
  SELECT c.row_number, c.text_id, n.person, n.kind, w.word, w.place FROM class AS c
  JOIN roster AS k ON k.class_id = c.class_id AND k.role = 'student' AND k.person <> c.student
  JOIN name AS n ON n.person = k.person
  JOIN comment_word AS w ON w.text_id = c.text_id AND w.word = n.word
)
SELECT DISTINCT h.row_number, false AS cascaded FROM hit AS h
WHERE (
  length(h.word) >= 3
  AND h.word NOT IN (SELECT word FROM ordinary)
  AND NOT EXISTS (SELECT 1 FROM known AS o WHERE o.row_number = h.row_number AND o.word = h.word)
) OR EXISTS (
  SELECT 1 FROM hit AS f WHERE f.row_number = h.row_number AND f.text_id = h.text_id AND f.person = h.person
    AND h.kind = 'given' AND f.kind = 'family' AND abs(f.place - h.place) = 1 AND f.word <> h.word)
"""

REPEATED = """
SELECT r.row_number, false AS cascaded FROM comment_row AS r JOIN comment_text AS t USING (text_id)
JOIN (
  SELECT q.class_id, s.padded FROM comment_row AS q JOIN comment_text AS s USING (text_id)
  WHERE length(trim(s.padded)) >= {characters} GROUP BY ALL HAVING count(DISTINCT q.student) >= {students}
) AS m ON m.padded = t.padded AND m.class_id IS NOT DISTINCT FROM r.class_id
"""

# a session in hand is the comment's own with those it lies in, or, where it has none, those of the cut-off
OTHER_TERM = f"""
WITH session AS (
  SELECT s.sourced_id AS id, s.parent_sourced_id AS parent, p.parent_sourced_id AS grandparent, s.start_date,
    s.end_date, {PADDED.format("s.title")} AS title,
    {PADDED.format("regexp_replace(s.title, '[0-9]', '', 'g')")} AS bare
  FROM live_academic_sessions AS s LEFT JOIN live_academic_sessions AS p ON p.sourced_id = s.parent_sourced_id
), from_bytes AS (
  SELECT r.row_number, unnest([s.id, s.parent, s.grandparent]) AS id FROM comment_row AS r
  JOIN session AS s ON s.id = r.session
  UNION
  SELECT r.row_number, s.id FROM comment_row AS r JOIN session AS s
    ON s.start_date <= CAST($cutoff AS DATE) AND s.end_date >= CAST($cutoff AS DATE) WHERE r.session IS NULL
), named AS (
  SELECT t.text_id, s.id, contains(t.padded, s.title) AS in_full, s.title, s.bare
  FROM comment_text AS t JOIN session AS s
    ON contains(t.padded, s.title) OR (length(s.bare) >= 7 AND contains(t.padded, s.bare))
)
SELECT DISTINCT r.row_number, false AS cascaded FROM comment_row AS r JOIN named AS n USING (text_id)
WHERE EXISTS (SELECT 1 FROM from_bytes AS h WHERE h.row_number = r.row_number)
  AND NOT EXISTS (
    SELECT 1 FROM from_bytes AS h JOIN session AS s ON s.id = h.id
    WHERE h.row_number = r.row_number AND (contains(s.title, n.title) OR (NOT n.in_full AND contains(s.title, n.bare))))
UNION
SELECT r.row_number, false FROM comment_row AS r JOIN (
  SELECT text_id, unnest(regexp_extract_all(padded, '\\b20[0-9][0-9]\\b')) AS year FROM comment_text
) AS y USING (text_id)
JOIN (SELECT min(year(start_date)) AS first FROM session) AS s
  ON CAST(y.year AS INTEGER) BETWEEN s.first - 5 AND s.first - 1
"""

# only what is on record is compared; "they" may be anybody
PRONOUNS = """
WITH pronoun AS (
  SELECT unnest(['he', 'him', 'his', 'himself', 'she', 'her', 'hers', 'herself']) AS word,
    unnest(['he', 'he', 'he', 'he', 'she', 'she', 'she', 'she']) AS family
), on_record AS (
  SELECT sourced_id AS student, list_distinct(list(p.family)) AS families FROM (
    SELECT sourced_id, unnest(regexp_extract_all(lower(pronouns), '[a-z]+')) AS word FROM live_users
    WHERE trim(pronouns) <> ''
  ) LEFT JOIN pronoun AS p USING (word) GROUP BY sourced_id
)
SELECT DISTINCT r.row_number, false AS cascaded FROM comment_row AS r
JOIN on_record AS o USING (student) JOIN comment_word AS w USING (text_id) JOIN pronoun AS p ON p.word = w.word
WHERE NOT list_contains(o.families, p.family)
"""

CHECKS = {"names-student": NAMES, "repeated": REPEATED, "other-term": OTHER_TERM, "pronouns": PRONOUNS}


def _has_pronouns(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether anybody has some on record. OneRoster knows them since 1.2."""
    columns = {name for name, *_ in con.execute("FROM raw_users LIMIT 0").description}
    return "pronouns" in columns and bool(con.execute("SELECT count(pronouns) > 0 FROM raw_users").fetchall()[0][0])


def check_comments(
    con: duckdb.DuckDBPyConnection, specs: Iterable[CheckSpec], filled: frozenset[str], terms: CheckParameters
) -> None:
    """Runs every check on comments over the rows that still live and adds those to read again to check_failure.

    Raises:
        InputError: `broken-check`.
    """
    of_dataset: dict[str, list[CheckSpec]] = {}
    for spec in specs:
        if spec.metric == "comment" and spec.dataset in filled:
            of_dataset.setdefault(spec.dataset, []).append(spec)
    for dataset, asked in of_dataset.items():
        if not con.execute(f"SELECT count({TEXTS[dataset]}) > 0 FROM raw_{dataset}").fetchall()[0][0]:
            continue
        con.execute(SETUP.replace("{rows}", OF_DATASET[dataset]))
        for spec in asked:
            if spec.arguments["check"] == "pronouns" and not _has_pronouns(con):
                continue
            query = CHECKS[spec.arguments["check"]]
            if spec.arguments["check"] == "repeated":
                query = query.format(**{name: int(spec.arguments[name]) for name in ("characters", "students")})
            bound = terms.bound(query)
            if "$ordinary" in query:
                bound["ordinary"] = sorted(ORDINARY)
            record(con, spec, query, bound)
        for table in ("comment_row", "comment_text", "comment_word"):
            con.execute(f"DROP TABLE {table}")
