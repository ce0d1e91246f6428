-- Check × file × rule: what a check of an extract found, counted. A file without a finding has one row without a rule.
CREATE TABLE lake.out_check (
  extract_id        VARCHAR NOT NULL,
  known_at          TIMESTAMPTZ NOT NULL,  -- when it was checked; a check that found the same again adds nothing
  format            VARCHAR NOT NULL,
  format_version    VARCHAR NOT NULL,
  outcome_code      VARCHAR NOT NULL,      -- of the whole check: accepted, accepted_with_holds, rejected
  file              VARCHAR NOT NULL,      -- as its contract calls it; "other": no contract does, and its name may be about somebody
  contract_version  VARCHAR,               -- null: no contract
  row_count         BIGINT NOT NULL,       -- rows of the file
  accepted_count    BIGINT NOT NULL,
  quarantined_count BIGINT NOT NULL,
  rule_code         VARCHAR,               -- docs/contracts.md; null: nothing was found in the file
  severity_code     VARCHAR,               -- fatal, error, warning
  problem_count     BIGINT NOT NULL
);
