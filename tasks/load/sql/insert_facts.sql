-- Every accepted row that is about marks, by random reference; $extract_id and $known_at tag each.
INSERT INTO lake.core_org
SELECT $extract_id, $known_at, sourced_id, name, type, parent_sourced_id FROM current_orgs;

INSERT INTO lake.core_academic_session
SELECT $extract_id, $known_at, sourced_id, title, type, start_date, end_date, parent_sourced_id
FROM current_academic_sessions;

INSERT INTO lake.core_class
SELECT $extract_id, $known_at, sourced_id, school_sourced_id, title, subjects[1],
  term_sourced_ids, course_sourced_id
FROM current_classes;

INSERT INTO lake.core_enrollment
SELECT $extract_id, $known_at, class_sourced_id, school_sourced_id, p.person_ref, role, begin_date, end_date
FROM current_enrollments e JOIN person p ON p.source_id = e.user_sourced_id;

INSERT INTO lake.core_category
SELECT $extract_id, $known_at, sourced_id, title, weight FROM current_categories;

INSERT INTO lake.core_line_item
SELECT $extract_id, $known_at, sourced_id, class_sourced_id, category_sourced_id, grading_period_sourced_id, title,
  due_date, result_value_max
FROM current_line_items;

-- OneRoster 1.1 has no flag for late work; systems say it as the one-word comment "Late". The date of a score is when it
-- was given, so by itself it says nothing about lateness; a policy may take it for the day the work came in.
INSERT INTO lake.core_result
SELECT $extract_id, $known_at, i.class_sourced_id, r.line_item_sourced_id, p.person_ref, r.score_status, r.score,
  r.score_date,
  coalesce(r.late, lower(trim(r.comment)) = 'late', false)
    OR coalesce(r.submitted_at >= i.due_date + INTERVAL 1 DAY, false),
  (SELECT count(late) > 0 FROM current_results) OR r.submitted_at IS NOT NULL,
  coalesce(r.missing, false), coalesce(r.incomplete, false), r.submitted_at
FROM current_results r
JOIN person p ON p.source_id = r.student_sourced_id
JOIN current_line_items i ON i.sourced_id = r.line_item_sourced_id;

INSERT INTO lake.core_imported_grade
SELECT $extract_id, $known_at, p.person_ref, class_sourced_id, academic_session_sourced_id, grade, percent,
  -- anything longer than a code may be about somebody
  CASE WHEN lower(note) IN ('i', 'p', 'f', 'w', 'nc', 'np', 'au', 'transfer', 'override', 'pass', 'fail', 'incomplete',
    'withdrawn', 'audit', 'posted') THEN note END
FROM accepted_supplement_grades g JOIN person p ON p.source_id = g.student_sourced_id;

INSERT INTO lake.core_attendance
SELECT $extract_id, $known_at, p.person_ref, school_sourced_id, date, event
FROM accepted_supplement_attendance a JOIN person p ON p.source_id = a.student_sourced_id;

INSERT INTO lake.core_hold
SELECT DISTINCT $extract_id, $known_at, p.person_ref, class_id, reason
FROM held h JOIN person p ON p.source_id = h.student_id;
