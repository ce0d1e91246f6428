-- Who sat in which class when: what a mark counts for goes by it (docs/grading.md, "Whose work it is").
-- `school_day` numbers the days of teaching: n is how many there were up to a day.
-- Seats that follow one another without a gap are one.
CREATE OR REPLACE TEMP TABLE span AS
WITH said AS (
  SELECT e.person_ref, s.class_id, s.session_id, s.start_date AS session_start,
    coalesce(e.begin_date, DATE '0001-01-01') AS first_day, coalesce(e.end_date, DATE '9999-12-31') AS end_day
  FROM lake.core_enrollment e JOIN scope s ON s.class_id = e.class_id
  WHERE e.extract_id = $extract_id AND e.role_code = 'student' AND coalesce(e.school_id = $school_id, true)
    AND coalesce(e.begin_date <= $cutoff, true) AND coalesce(e.end_date > coalesce(e.begin_date, DATE '0001-01-01'), true)
    AND ($also_ended OR coalesce(e.end_date > s.start_date, true))
),
-- nearly everybody has one row a class: only the others are sorted
held AS (
  SELECT person_ref, class_id, session_id, any_value(session_start) AS session_start, min(first_day) AS first_day,
    max(end_day) AS end_day, max(first_day) = min(first_day) AND max(end_day) = min(end_day) AS is_only
  FROM said GROUP BY person_ref, class_id, session_id
),
in_order AS (
  SELECT said.*, coalesce(first_day > max(end_day) OVER (so_far ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), true) AS is_new
  FROM said SEMI JOIN (FROM held WHERE NOT is_only) h USING (person_ref, class_id, session_id)
  WINDOW so_far AS (PARTITION BY person_ref, class_id, session_id ORDER BY first_day, end_day)
),
numbered AS (
  SELECT *, count_if(is_new) OVER (
    PARTITION BY person_ref, class_id, session_id ORDER BY first_day, end_day ROWS UNBOUNDED PRECEDING) AS place
  FROM in_order
)
SELECT * FROM held WHERE is_only
UNION ALL
SELECT person_ref, class_id, session_id, any_value(session_start), min(first_day), max(end_day), false
FROM numbered GROUP BY person_ref, class_id, session_id, place;

-- A homeroom in which nothing is marked is no course, but for whoever has no other class: their report is due all the same.
CREATE OR REPLACE TEMP TABLE homeroom AS
SELECT DISTINCT s.class_id FROM scope s
JOIN lake.core_class c ON c.extract_id = $extract_id AND c.class_id = s.class_id AND c.class_type = 'homeroom'
WHERE s.class_id NOT IN (SELECT class_id FROM lake.core_line_item WHERE extract_id = $extract_id)
  AND s.class_id NOT IN (SELECT class_id FROM lake.core_imported_grade WHERE extract_id = $extract_id);

DELETE FROM span WHERE class_id IN (SELECT class_id FROM homeroom)
  AND person_ref IN (SELECT person_ref FROM span WHERE class_id NOT IN (SELECT class_id FROM homeroom));

-- Whoever came after the class began may leave blanks of the first five school days (settled: the day after them). The
-- class began with its session, and on any day on which half of it or more came.
CREATE OR REPLACE TEMP TABLE joined AS
WITH late AS (SELECT * FROM span WHERE first_day > session_start),
together AS (SELECT class_id, session_id, first_day, count(*) AS together FROM late GROUP BY ALL),
everybody AS (
  SELECT s.class_id, s.session_id, count(DISTINCT s.person_ref) AS everybody
  FROM span s SEMI JOIN late l ON l.class_id = s.class_id AND l.session_id = s.session_id
  GROUP BY s.class_id, s.session_id
)
SELECT c.person_ref, c.class_id, c.session_id, c.first_day, l.first_date AS settled
FROM late c
JOIN together t ON t.class_id = c.class_id AND t.session_id = c.session_id AND t.first_day = c.first_day
JOIN everybody n ON n.class_id = c.class_id AND n.session_id = c.session_id
JOIN school_day d ON d.day = least(greatest(c.first_day, $from_day::DATE), $to_day::DATE)
JOIN school_day_number l ON l.n = d.n + 6
WHERE NOT (t.together >= 2 AND 2 * t.together >= n.everybody);

-- Whoever has an end by now has left (is_left), unless that end is the class's.
CREATE OR REPLACE TEMP TABLE seat AS
WITH settled AS (
  SELECT s.*, j.settled, {first_day: s.first_day, end_day: s.end_day, settled: coalesce(j.settled, s.first_day)} AS span
  FROM span s
  LEFT JOIN joined j ON j.person_ref = s.person_ref AND j.class_id = s.class_id AND j.session_id = s.session_id
    AND j.first_day = s.first_day
)
SELECT person_ref, class_id, session_id, first_day, end_day, session_start, settled, [span] AS spans, end_day <= $cutoff AS is_left
FROM settled WHERE is_only
UNION ALL
SELECT person_ref, class_id, session_id, min(first_day), max(end_day), any_value(session_start), max(settled), list(span),
  max(end_day) <= $cutoff
FROM settled WHERE NOT is_only GROUP BY person_ref, class_id, session_id;

UPDATE seat SET is_left = false
FROM (
  -- the last end of a class that two or more share is the class ending
  SELECT l.class_id, l.session_id, l.end_day
  FROM (SELECT class_id, session_id, end_day FROM seat WHERE is_left GROUP BY ALL HAVING count(*) >= 2) l
  JOIN seat s ON s.class_id = l.class_id AND s.session_id = l.session_id
  GROUP BY ALL HAVING max(s.end_day) = l.end_day
  UNION
  -- and so is an end within five days of a session of the class
  SELECT s.class_id, s.session_id, s.end_day
  FROM seat s
  JOIN (
    SELECT class_id, session_id, end_date FROM scope
    UNION ALL
    SELECT c.class_id, s.session_id, a.end_date
    FROM (SELECT class_id, unnest(session_ids) AS held_in FROM lake.core_class WHERE extract_id = $extract_id) c
    JOIN scope s ON s.class_id = c.class_id
    JOIN lake.core_academic_session a ON a.extract_id = $extract_id AND a.session_id = c.held_in
  ) e ON e.class_id = s.class_id AND e.session_id = s.session_id
  WHERE s.is_left AND abs(date_diff('day', s.end_day, e.end_date)) <= 5
) ended
WHERE seat.is_left AND ended.class_id = seat.class_id AND ended.session_id = seat.session_id AND ended.end_day = seat.end_day;

-- From a seat that was left to the next in another section of the course. They may overlap by five school days.
CREATE OR REPLACE TEMP TABLE course_of_class AS
SELECT s.class_id, s.session_id, coalesce(m.moves_as, c.course_id) AS course
FROM scope s
JOIN lake.core_class c ON c.extract_id = $extract_id AND c.class_id = s.class_id
LEFT JOIN course_move m ON m.course_id = c.course_id
WHERE c.course_id IS NOT NULL AND $merges;

CREATE OR REPLACE TEMP TABLE move AS
SELECT l.person_ref, l.session_id, l.class_id AS from_class, n.class_id AS to_class, l.first_day, l.end_day
FROM seat l
JOIN course_of_class a ON a.class_id = l.class_id AND a.session_id = l.session_id
JOIN course_of_class b ON b.course = a.course AND b.session_id = l.session_id
JOIN span n ON n.person_ref = l.person_ref AND n.class_id = b.class_id AND n.session_id = l.session_id
JOIN seat t ON t.person_ref = l.person_ref AND t.class_id = n.class_id AND t.session_id = l.session_id
JOIN school_day left_on ON left_on.day = least(greatest(l.end_day - 1, $from_day::DATE), $to_day::DATE)
JOIN school_day came_on ON came_on.day = least(greatest(n.first_day - 1, $from_day::DATE), $to_day::DATE)
WHERE l.is_left AND n.class_id <> l.class_id AND t.end_day > l.end_day AND n.first_day > l.first_day
  AND left_on.n - came_on.n <= 5
QUALIFY row_number() OVER (
  PARTITION BY l.person_ref, l.session_id, l.class_id ORDER BY n.first_day, n.class_id) = 1;

-- Where a chain of moves ends, and all that it came through, the latest last.
CREATE OR REPLACE TEMP TABLE moved AS
WITH RECURSIVE chain AS (
  SELECT person_ref, session_id, from_class, end_day, to_class FROM move
  UNION
  SELECT c.person_ref, c.session_id, c.from_class, c.end_day, m.to_class
  FROM chain c
  JOIN move m ON m.person_ref = c.person_ref AND m.session_id = c.session_id AND m.from_class = c.to_class
)
SELECT *, class_id || chr(31) || array_to_string(from_classes, chr(31)) AS line_id
FROM (
  SELECT c.person_ref, c.session_id, c.to_class AS class_id, list(c.from_class ORDER BY c.end_day, c.from_class) AS from_classes
  FROM chain c
  LEFT JOIN move m ON m.person_ref = c.person_ref AND m.session_id = c.session_id AND m.from_class = c.to_class
  WHERE m.person_ref IS NULL
  GROUP BY c.person_ref, c.session_id, c.to_class);

-- A line is what has one grade: a class, or a class with the sections that some of its students came from.
CREATE OR REPLACE TEMP TABLE line AS
SELECT class_id AS line_id, class_id, session_id, start_date, end_date, []::VARCHAR[] AS from_classes FROM scope
UNION ALL
SELECT m.line_id, m.class_id, m.session_id, s.start_date, s.end_date, m.from_classes
FROM (SELECT DISTINCT line_id, class_id, session_id, from_classes FROM moved) m
JOIN scope s ON s.class_id = m.class_id AND s.session_id = m.session_id;

CREATE OR REPLACE TEMP TABLE line_member AS
SELECT line_id, session_id, class_id, 999 AS place FROM line
UNION ALL
SELECT line_id, session_id, unnest(from_classes), unnest(generate_series(1, len(from_classes))) FROM line
WHERE len(from_classes) > 0;

CREATE OR REPLACE TEMP VIEW line_item AS
SELECT m.line_id, m.place, i.*
FROM scope_line_item i JOIN line_member m ON m.class_id = i.class_id AND m.session_id = i.session_id;
