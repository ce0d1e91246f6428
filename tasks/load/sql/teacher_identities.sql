-- One JSON value per teacher of a class.
SELECT DISTINCT ON (p.person_ref)
  p.person_ref, 'teacher' AS role_code, NULL AS school_id,
  to_json({
    'format': 'termpost.identity/1', 'id': u.sourced_id,
    'given': u.given_name, 'middle': u.middle_name, 'family': u.family_name, 'email': u.email
  }) AS identity
FROM current_enrollments e
JOIN current_users u ON u.sourced_id = e.user_sourced_id
JOIN person p ON p.source_id = e.user_sourced_id
WHERE e.role = 'teacher'
ORDER BY p.person_ref;
