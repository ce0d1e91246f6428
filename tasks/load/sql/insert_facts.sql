-- Every accepted row that is about marks, by random reference; $extract_id and $known_at tag each. $timezone is the school's.
INSERT INTO lake.core_org
SELECT $extract_id, $known_at, sourced_id, name, type, parent_sourced_id FROM current_orgs;

INSERT INTO lake.core_academic_session
SELECT $extract_id, $known_at, sourced_id, title, type, start_date, end_date, parent_sourced_id
FROM current_academic_sessions;

INSERT INTO lake.core_class
SELECT $extract_id, $known_at, sourced_id, school_sourced_id, title, subjects[1],
  term_sourced_ids, course_sourced_id, class_type
FROM current_classes;

INSERT INTO lake.core_enrollment
SELECT $extract_id, $known_at, class_sourced_id, school_sourced_id, p.person_ref, role, begin_date, end_date
FROM current_enrollments e JOIN person p ON p.source_id = e.user_sourced_id;

INSERT INTO lake.core_category
SELECT $extract_id, $known_at, sourced_id, title, weight FROM current_categories;

INSERT INTO lake.core_line_item
SELECT $extract_id, $known_at, sourced_id, class_sourced_id, category_sourced_id, grading_period_sourced_id, title,
  due_date, result_value_max, result_value_min, due_at
FROM current_line_items;

-- A mark in words has the points that the score scale of its result, else of its line item, gives the word ({score:word}).
CREATE TEMP TABLE scale_word AS
SELECT sourced_id AS scale_id, trim(pair[2]) AS word, min(TRY_CAST(trim(pair[1]) AS DECIMAL(18, 6))) AS score
FROM (
  SELECT sourced_id, string_split(unnest(regexp_extract_all(score_scale_value, '\{([^{}]*)\}', 1)), ':') AS pair
  FROM accepted_score_scales WHERE status IS DISTINCT FROM 'tobedeleted'
)
GROUP BY ALL;

CREATE TEMP TABLE result_scale AS
SELECT r.sourced_id AS result_id, min(coalesce(own.score_scale_sourced_id, item.score_scale_sourced_id)) AS scale_id
FROM current_results r
LEFT JOIN accepted_result_score_scales own
  ON own.result_sourced_id = r.sourced_id AND own.status IS DISTINCT FROM 'tobedeleted'
LEFT JOIN accepted_line_item_score_scales item
  ON item.line_item_sourced_id = r.line_item_sourced_id AND item.status IS DISTINCT FROM 'tobedeleted'
WHERE own.sourced_id IS NOT NULL OR item.sourced_id IS NOT NULL
GROUP BY ALL;

-- OneRoster 1.1 has no flag for late work; systems say it as the one-word comment "Late". The date of a score is when it
-- was given, so by itself it says nothing about lateness; a policy may take it for the day the work came in.
INSERT INTO lake.core_result
SELECT $extract_id, $known_at, i.class_sourced_id, r.line_item_sourced_id, p.person_ref, r.score_status, coalesce(r.score, w.score),
  r.score_date,
  coalesce(r.late, lower(trim(r.comment)) = 'late', false)
    OR coalesce(r.submitted_at > coalesce(i.due_at, i.due_date + INTERVAL 86399 SECOND), false),
  (SELECT count(late) > 0 FROM current_results) OR r.submitted_at IS NOT NULL,
  coalesce(r.missing, false), coalesce(r.incomplete, false), r.submitted_at
FROM current_results r
JOIN person p ON p.source_id = r.student_sourced_id
JOIN current_line_items i ON i.sourced_id = r.line_item_sourced_id
LEFT JOIN result_scale s ON s.result_id = r.sourced_id
LEFT JOIN scale_word w ON w.scale_id = s.scale_id AND w.word = trim(r.text_score);

INSERT INTO lake.core_line_item_objective
SELECT DISTINCT $extract_id, $known_at, o.line_item_sourced_id, o.source, o.learning_objective_id
FROM accepted_line_item_learning_objective_ids o
WHERE o.status IS DISTINCT FROM 'tobedeleted'
  AND o.line_item_sourced_id IN (SELECT sourced_id FROM current_line_items);

INSERT INTO lake.core_result_objective
SELECT DISTINCT $extract_id, $known_at, r.line_item_sourced_id, p.person_ref, o.source, o.learning_objective_id,
  coalesce(o.score, w.score)
FROM accepted_result_learning_objective_ids o
JOIN current_results r ON r.sourced_id = o.result_sourced_id
JOIN person p ON p.source_id = r.student_sourced_id
LEFT JOIN result_scale s ON s.result_id = r.sourced_id
LEFT JOIN scale_word w ON w.scale_id = s.scale_id AND w.word = trim(o.text_score)
WHERE o.status IS DISTINCT FROM 'tobedeleted';

DROP TABLE result_scale;
DROP TABLE scale_word;

INSERT INTO lake.core_imported_grade
SELECT $extract_id, $known_at, p.person_ref, class_sourced_id, academic_session_sourced_id, grade, percent,
  -- anything longer than a code may be about somebody
  CASE WHEN lower(note) IN ('i', 'p', 'f', 'w', 'nc', 'np', 'au', 'transfer', 'override', 'pass', 'fail', 'incomplete',
    'withdrawn', 'audit', 'posted') THEN note END
FROM accepted_supplement_grades g JOIN person p ON p.source_id = g.student_sourced_id;

-- work due on another day for one student, also where it is due for nobody else
INSERT INTO lake.core_due_date
SELECT $extract_id, $known_at, d.line_item_sourced_id, p.person_ref, d.due_date,
  timezone('UTC', timezone($timezone, d.due_date + INTERVAL 86399 SECOND))
FROM accepted_supplement_due_dates d
JOIN person p ON p.source_id = d.student_sourced_id
JOIN current_line_items i ON i.sourced_id = d.line_item_sourced_id;

INSERT INTO lake.core_attendance
SELECT $extract_id, $known_at, p.person_ref, school_sourced_id, date, event,
  coalesce(regexp_matches(lower(reason), '\bhalf([ -]an?)?[ -]?day\b'), false)
FROM accepted_supplement_attendance a JOIN person p ON p.source_id = a.student_sourced_id;

INSERT INTO lake.core_hold
SELECT DISTINCT $extract_id, $known_at, p.person_ref, class_id, reason
FROM held h JOIN person p ON p.source_id = h.student_id;
