-- One JSON value per student of a past term: who they are, without contacts, comments and anything that rights hang on.
WITH
school AS (
  SELECT user_sourced_id, mode(school_sourced_id ORDER BY school_sourced_id) AS school_id
  FROM current_enrollments WHERE role = 'student' GROUP BY ALL
)
SELECT
  p.person_ref, 'student' AS role_code, coalesce(school.school_id, u.org_sourced_ids[1]) AS school_id,
  to_json({
    'format': 'termpost.identity/1', 'id': u.sourced_id, 'number': coalesce(u.identifier, u.sourced_id),
    'given': u.given_name, 'middle': u.middle_name, 'family': u.family_name,
    'grade_level': array_to_string(u.grades, ', '), 'birth_date': d.birth_date
  }) AS identity
FROM current_users u
JOIN person p ON p.source_id = u.sourced_id
LEFT JOIN school ON school.user_sourced_id = u.sourced_id
LEFT JOIN current_demographics d ON d.sourced_id = u.sourced_id
WHERE u.role = 'student'
ORDER BY u.row_number;
