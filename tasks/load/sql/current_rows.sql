-- Accepted rows that the source has not marked for deletion (OneRoster: status), nor rows that hang on such a one.
CREATE TEMP VIEW current_orgs AS SELECT * FROM accepted_orgs WHERE status IS DISTINCT FROM 'tobedeleted';

CREATE TEMP VIEW current_academic_sessions AS
SELECT * FROM accepted_academic_sessions WHERE status IS DISTINCT FROM 'tobedeleted';

CREATE TEMP VIEW current_classes AS SELECT * FROM accepted_classes WHERE status IS DISTINCT FROM 'tobedeleted';

CREATE TEMP VIEW current_users AS SELECT * FROM accepted_users WHERE status IS DISTINCT FROM 'tobedeleted';

CREATE TEMP VIEW current_demographics AS SELECT * FROM accepted_demographics WHERE status IS DISTINCT FROM 'tobedeleted';

CREATE TEMP VIEW current_enrollments AS
SELECT * FROM accepted_enrollments WHERE status IS DISTINCT FROM 'tobedeleted'
  AND user_sourced_id IN (SELECT sourced_id FROM current_users)
  AND class_sourced_id IN (SELECT sourced_id FROM current_classes);

CREATE TEMP VIEW current_categories AS SELECT * FROM accepted_categories WHERE status IS DISTINCT FROM 'tobedeleted';

CREATE TEMP VIEW current_line_items AS
SELECT * FROM accepted_line_items WHERE status IS DISTINCT FROM 'tobedeleted'
  AND class_sourced_id IN (SELECT sourced_id FROM current_classes);

CREATE TEMP VIEW current_results AS
SELECT * FROM accepted_results WHERE status IS DISTINCT FROM 'tobedeleted'
  AND student_sourced_id IN (SELECT sourced_id FROM current_users)
  AND line_item_sourced_id IN (SELECT sourced_id FROM current_line_items);

-- Where OneRoster 1.2 says that somebody was or will be a parent or guardian, no right outlasts or precedes it.
CREATE TEMP VIEW role_bar AS
SELECT
  user_sourced_id, 'no-records' AS restriction, ended AS restriction_from,
  CASE WHEN ended IS NULL THEN begins END AS restriction_until
FROM (
  SELECT
    user_sourced_id, CASE WHEN count(*) = count(end_date) THEN max(end_date) END AS ended,
    CASE WHEN count(*) = count(begin_date) THEN min(begin_date) END AS begins
  FROM accepted_roles WHERE role IN ('parent', 'guardian') AND status IS DISTINCT FROM 'tobedeleted' GROUP BY ALL
)
WHERE ended IS NOT NULL OR begins IS NOT NULL;
