INSERT INTO lake.out_cycle
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, $known_at, $session_id, $kind, $is_backfilled
WHERE EXISTS (SELECT 1 FROM graded_course);
