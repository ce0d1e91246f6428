-- A course is found again by its class, else by the course of the catalogue, else, a year later, by its subject; by the
-- last two only where there is exactly one on each side, so that nothing is compared with a guess.
CREATE OR REPLACE TEMP TABLE course_trend AS
WITH
today AS (
  SELECT g.person_ref, g.class_id, c.course_id, c.subject,
    CASE $kind WHEN 'midterm' THEN g.current_percent ELSE g.final_percent END AS percent
  FROM graded_course g LEFT JOIN lake.core_class c ON c.extract_id = $extract_id AND c.class_id = g.class_id
  WHERE (SELECT count(*) FROM earlier_course) > 0
),
by_class AS (
  SELECT e.against, n.person_ref, n.class_id, e.class_id AS against_class_id
  FROM today n JOIN earlier_course e ON e.person_ref = n.person_ref AND e.class_id = n.class_id
),
by_course AS (
  SELECT e.against, person_ref, n.class_id, e.against_class_id
  FROM (SELECT person_ref, course_id, min(class_id) AS class_id FROM today GROUP BY ALL HAVING count(*) = 1) n
  JOIN (SELECT against, person_ref, course_id, min(class_id) AS against_class_id FROM earlier_course
    GROUP BY ALL HAVING count(*) = 1) e USING (person_ref, course_id)
  ANTI JOIN by_class a ON a.against = e.against AND a.person_ref = n.person_ref AND a.class_id = n.class_id
  ANTI JOIN by_class b ON b.against = e.against AND b.person_ref = n.person_ref
    AND b.against_class_id = e.against_class_id
),
surer AS (FROM by_class UNION ALL FROM by_course),
by_subject AS (
  SELECT e.against, person_ref, n.class_id, e.against_class_id
  FROM (SELECT person_ref, subject, min(class_id) AS class_id FROM today GROUP BY ALL HAVING count(*) = 1) n
  JOIN (SELECT against, person_ref, subject, min(class_id) AS against_class_id FROM earlier_course
    WHERE against = 'last_year' GROUP BY ALL HAVING count(*) = 1) e USING (person_ref, subject)
  ANTI JOIN surer a ON a.against = e.against AND a.person_ref = n.person_ref AND a.class_id = n.class_id
  ANTI JOIN surer b ON b.against = e.against AND b.person_ref = n.person_ref
    AND b.against_class_id = e.against_class_id
)
SELECT m.person_ref, m.class_id, m.against, e.cycle_id AS against_cycle_id, m.against_class_id,
  CASE $kind WHEN 'midterm' THEN 'current' ELSE 'final' END AS measure,
  e.percent AS percent_then, n.percent AS percent_now,
  (n.percent - e.percent)::DECIMAL(18, 6) AS change_percent
FROM (FROM surer UNION ALL FROM by_subject) m
JOIN today n ON n.person_ref = m.person_ref AND n.class_id = m.class_id
JOIN earlier_course e
  ON e.against = m.against AND e.person_ref = m.person_ref AND e.class_id = m.against_class_id
WHERE e.percent IS NOT NULL AND n.percent IS NOT NULL;

INSERT INTO lake.out_course_trend
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, $known_at, t.* FROM course_trend t;
