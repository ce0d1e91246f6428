-- OneRoster 1.2 says in roles.csv what each user is, and where; all formats share users.role and users.org_sourced_ids.
-- Administrators of every rank are one, a counselor is an aide. An unknown word or a role marked for deletion says
-- nothing. A role that has ended still says what somebody is: marks of a student who left stay marks of a student.
CREATE OR REPLACE TEMP TABLE said_role AS
SELECT
  user_sourced_id AS user_id, row_number, lower(role_type) IS DISTINCT FROM 'primary' AS is_secondary, org_sourced_id,
  CASE
    WHEN lower(role) IN ('aide', 'guardian', 'parent', 'proctor', 'relative', 'student', 'teacher') THEN lower(role)
    WHEN lower(role) IN ('districtadministrator', 'siteadministrator', 'systemadministrator', 'principal')
      THEN 'administrator'
    WHEN lower(role) = 'counselor' THEN 'aide'
  END AS role
FROM raw_roles WHERE user_sourced_id IS NOT NULL AND lower(status) IS DISTINCT FROM 'tobedeleted';

-- who is a student, whatever else, is one; else the primary role counts, of several the first
UPDATE cells_users SET role = s.role, all_roles = s.all_roles FROM (
  SELECT
    user_id, arg_min(role, (role <> 'student', is_secondary, row_number)) AS role,
    string_agg(DISTINCT role, ',' ORDER BY role) AS all_roles
  FROM said_role WHERE role IS NOT NULL GROUP BY user_id
) AS s WHERE sourced_id = s.user_id;

-- an organisation that is not there is told where it stands, in roles.csv or as the primary one
UPDATE cells_users SET org_sourced_ids = o.ids FROM (
  SELECT user_id, string_agg(org_id, ',' ORDER BY place, org_id) AS ids FROM (
    SELECT user_id, org_id, min(place) AS place FROM (
      SELECT sourced_id AS user_id, primary_org_sourced_id AS org_id, 0 AS place FROM cells_users
      UNION ALL SELECT user_id, org_sourced_id, CASE WHEN is_secondary THEN 2 ELSE 1 END FROM said_role
    ) SEMI JOIN (SELECT sourced_id AS org_id FROM cells_orgs) AS known USING (org_id)
    GROUP BY user_id, org_id
  ) GROUP BY user_id
) AS o WHERE sourced_id = o.user_id;
