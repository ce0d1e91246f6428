-- One JSON value per student: everything about them that is not a mark, with the rights of each contact.
WITH
school AS (
  SELECT user_sourced_id, mode(school_sourced_id ORDER BY school_sourced_id) AS school_id
  FROM current_enrollments WHERE role = 'student' GROUP BY ALL
),
rights AS (
  SELECT student_sourced_id, list({
    'ref': p.person_ref, 'relation': relation, 'is_primary': is_primary, 'lives_with': lives_with,
    'emergency': emergency, 'legal_guardian': legal_guardian, 'restriction': restriction,
    'restriction_from': restriction_from, 'restriction_until': restriction_until, 'agreement_until': agreement_until
  } ORDER BY c.contact_sourced_id) AS contacts
  FROM contact_row c JOIN person p ON p.source_id = c.contact_sourced_id
  GROUP BY ALL
),
written AS (
  SELECT student_sourced_id, list({
    'cycle': cycle, 'class_id': class_sourced_id, 'author': author, 'language': language, 'text': comment
  } ORDER BY row_number) AS comments
  FROM accepted_supplement_comments
  WHERE class_sourced_id IS NULL OR class_sourced_id IN (SELECT sourced_id FROM current_classes)
  GROUP BY ALL
)
SELECT
  p.person_ref, 'student' AS role_code,
  coalesce(school.school_id, u.org_sourced_ids[1]) AS school_id,
  to_json({
    'format': 'termpost.identity/1', 'id': u.sourced_id, 'number': coalesce(u.identifier, u.sourced_id),
    'given': u.given_name, 'middle': u.middle_name, 'family': u.family_name,
    'preferred': s.preferred_name, 'grade_level': array_to_string(u.grades, ', '), 'email': coalesce(s.email, u.email),
    'birth_date': d.birth_date, 'language': s.preferred_language, 'dependent': s.dependent,
    'consent_to_parents': s.consent_to_parents, 'records_hold': coalesce(s.records_hold, false),
    'contacts': coalesce(rights.contacts, []), 'comments': coalesce(written.comments, [])
  }) AS identity
FROM current_users u
JOIN person p ON p.source_id = u.sourced_id
LEFT JOIN school ON school.user_sourced_id = u.sourced_id
LEFT JOIN accepted_supplement_students s ON s.student_sourced_id = u.sourced_id
LEFT JOIN current_demographics d ON d.sourced_id = u.sourced_id
LEFT JOIN rights ON rights.student_sourced_id = u.sourced_id
LEFT JOIN written ON written.student_sourced_id = u.sourced_id
WHERE u.role = 'student'
ORDER BY u.row_number;
