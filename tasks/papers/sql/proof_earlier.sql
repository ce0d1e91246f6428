-- The newest other summaries of this cycle: what an earlier preparation rested on.
SELECT extract_id, policy, cutoff_date, known_at FROM lake.out_cycle c
WHERE c.cycle_id = $cycle_id AND c.school_id = $school_id
  AND NOT (c.extract_id = $extract_id AND c.policy = $policy AND c.cutoff_date = $cutoff)
ORDER BY c.known_at DESC, extract_id, policy, cutoff_date LIMIT 1;
