INSERT INTO lake.out_question
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, $known_at, q.cause_code, q.class_id,
  nullif(q.line_item_id, ''), nullif(q.person_ref, ''), nullif(q.part_id, ''), q.student_count
FROM question q;
