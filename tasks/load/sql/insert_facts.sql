-- Every accepted row that is about marks, by random reference; $extract_id and $known_at tag each.
INSERT INTO lake.core_org
SELECT $extract_id, $known_at, sourced_id, name, type, parent_sourced_id FROM current_orgs;

INSERT INTO lake.core_academic_session
SELECT $extract_id, $known_at, sourced_id, title, type, start_date, end_date, parent_sourced_id
FROM current_academic_sessions;

INSERT INTO lake.core_class
SELECT $extract_id, $known_at, sourced_id, school_sourced_id, title, subjects[1],
  term_sourced_ids
FROM current_classes;

INSERT INTO lake.core_enrollment
SELECT $extract_id, $known_at, class_sourced_id, school_sourced_id, p.person_ref, role, begin_date, end_date
FROM current_enrollments e JOIN person p ON p.source_id = e.user_sourced_id;

INSERT INTO lake.core_category
SELECT $extract_id, $known_at, sourced_id, title FROM current_categories;

INSERT INTO lake.core_line_item
SELECT $extract_id, $known_at, sourced_id, class_sourced_id, category_sourced_id, grading_period_sourced_id, title,
  due_date, result_value_max
FROM current_line_items;

-- Some formats have a flag for late work; OneRoster 1.1 has none, and systems say it as the one-word comment "Late". The date of a score is when it
-- was given, not when the work came in, so it says nothing about lateness.
INSERT INTO lake.core_result
SELECT $extract_id, $known_at, line_item_sourced_id, p.person_ref, score_status, score, score_date,
  coalesce(late, lower(trim(comment)) = 'late', false)
FROM current_results r JOIN person p ON p.source_id = r.student_sourced_id;

INSERT INTO lake.core_attendance
SELECT $extract_id, $known_at, p.person_ref, school_sourced_id, date, event
FROM accepted_supplement_attendance a JOIN person p ON p.source_id = a.student_sourced_id;

INSERT INTO lake.core_hold
SELECT DISTINCT $extract_id, $known_at, p.person_ref, class_id, reason
FROM held h JOIN person p ON p.source_id = h.student_id;
