-- The summaries on which the report of each student rests that is out already (law 12).
SELECT person_ref, extract_id, policy, cutoff_date FROM lake.out_release
WHERE cycle_id = $cycle_id AND school_id = $school_id
QUALIFY row_number() OVER (PARTITION BY person_ref ORDER BY known_at DESC) = 1;
