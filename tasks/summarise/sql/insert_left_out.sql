INSERT INTO lake.out_left_out
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, $known_at, l.* FROM left_out l;
