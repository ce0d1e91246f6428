-- A course is found again by its class, else by the course of the catalogue, else, a year later, by its subject; by the
-- last two only where there is exactly one on each side, so that nothing is compared with a guess.
CREATE OR REPLACE TEMP TABLE found_again AS
SELECT e.against, e.cycle_id, e.person_ref, n.class_id, e.class_id AS against_class_id, e.percent AS percent_then,
  CASE WHEN $kind IN ('midterm', 'warning') THEN n.current_percent ELSE n.final_percent END AS percent_now
FROM earlier_course e JOIN graded_course n ON n.person_ref = e.person_ref AND n.class_id = e.class_id;

-- all courses of the few students who had one that is not found by its class
CREATE OR REPLACE TEMP TABLE then_course AS
WITH lost AS (
  SELECT DISTINCT against, person_ref FROM earlier_course e
  ANTI JOIN graded_course n ON n.person_ref = e.person_ref AND n.class_id = e.class_id
)
SELECT e.*, c.course_id, c.subject
FROM earlier_course e
SEMI JOIN lost USING (against, person_ref)
LEFT JOIN lake.core_class c ON c.extract_id = e.extract_id AND c.class_id = e.class_id;

CREATE OR REPLACE TEMP TABLE now_course AS
SELECT n.person_ref, n.class_id, c.course_id, c.subject,
  CASE WHEN $kind IN ('midterm', 'warning') THEN n.current_percent ELSE n.final_percent END AS percent
FROM graded_course n
SEMI JOIN then_course t ON t.person_ref = n.person_ref
LEFT JOIN lake.core_class c ON c.extract_id = $extract_id AND c.class_id = n.class_id;

INSERT INTO found_again
SELECT e.against, e.cycle_id, person_ref, n.class_id, e.class_id, e.percent, n.percent
FROM (FROM now_course QUALIFY count(*) OVER (PARTITION BY person_ref, course_id) = 1) n
JOIN (FROM then_course QUALIFY count(*) OVER (PARTITION BY against, person_ref, course_id) = 1) e
  USING (person_ref, course_id)
ANTI JOIN found_again a ON a.against = e.against AND a.person_ref = n.person_ref AND a.class_id = n.class_id
ANTI JOIN found_again b ON b.against = e.against AND b.person_ref = n.person_ref AND b.against_class_id = e.class_id;

INSERT INTO found_again
SELECT e.against, e.cycle_id, person_ref, n.class_id, e.class_id, e.percent, n.percent
FROM (FROM now_course QUALIFY count(*) OVER (PARTITION BY person_ref, subject) = 1) n
JOIN (FROM then_course WHERE against = 'last_year' QUALIFY count(*) OVER (PARTITION BY person_ref, subject) = 1) e
  USING (person_ref, subject)
ANTI JOIN found_again a ON a.against = e.against AND a.person_ref = n.person_ref AND a.class_id = n.class_id
ANTI JOIN found_again b ON b.against = e.against AND b.person_ref = n.person_ref AND b.against_class_id = e.class_id;

CREATE OR REPLACE TEMP TABLE course_trend AS
SELECT person_ref, class_id, against, cycle_id AS against_cycle_id, against_class_id,
  CASE WHEN $kind IN ('midterm', 'warning') THEN 'current' ELSE 'final' END AS measure, percent_then, percent_now,
  (percent_now - percent_then)::DECIMAL(18, 6) AS change_percent
FROM found_again WHERE percent_then IS NOT NULL AND percent_now IS NOT NULL;

INSERT INTO lake.out_course_trend
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, $known_at, t.* FROM course_trend t;
