-- Check × file × rule: what the checks of extracts found, counted; a check that found the same again has no rows of its own.
CREATE VIEW lake.extract_check (
  extract_id,         -- the extract, as in core_extract; of a term before termpost as in core_backfill
  known_at,           -- when it was checked
  format,             -- of the extract
  format_version,     -- of the format
  outcome_code,       -- of the whole check: accepted, accepted_with_holds or rejected
  file,               -- as its contract calls it; other where no contract does
  contract_version,   -- of the file's contract; null where it has none
  row_count,          -- rows of the file; 0 where it was not there
  accepted_count,     -- of these, accepted
  quarantined_count,  -- of these, in quarantine
  rule_code,          -- the rule, as in docs/contracts.md; null where nothing was found in the file
  severity_code,      -- fatal, error or warning; null where nothing was found in the file
  problem_count       -- how often the rule was broken in the file
) AS
SELECT extract_id, known_at, format, format_version, outcome_code, file, contract_version, row_count, accepted_count,
  quarantined_count, rule_code, severity_code, problem_count
FROM known.out_check;
