-- Cycle × school: what each cycle is, by the summaries that count.
CREATE VIEW lake.cycle (
  cycle_id,      -- the cycle of calendar.toml; of a term before termpost backfill-<session>-<kind>
  school_id,     -- the school's id, as in core_org
  session_id,    -- the academic session it is of
  kind,          -- midterm, end_of_term, final or warning
  cutoff_date,   -- the last day whose marks count
  known_at,      -- since when this was known
  is_backfilled  -- a term before termpost that was read in afterwards: no report was made of it
) AS
SELECT c.cycle_id, c.school_id, c.session_id, c.kind, c.cutoff_date, c.known_at, c.is_backfilled
FROM known.out_cycle c
JOIN known.newest_summary n USING (cycle_id, school_id, extract_id, policy, cutoff_date);
