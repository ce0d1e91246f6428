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
    'restriction_from': restriction_from, 'restriction_until': restriction_until,
    'restriction_document': restriction_document, 'restriction_document_date': restriction_document_date,
    'agreement_until': agreement_until
  } ORDER BY c.contact_sourced_id, c.is_elsewhere) AS contacts
  FROM (
    SELECT *, false AS is_elsewhere FROM contact_row
    UNION ALL BY NAME SELECT *, true AS is_elsewhere FROM elsewhere
  ) c
  JOIN person p ON p.source_id = c.contact_sourced_id
  GROUP BY ALL
),
-- several rows about one student: a stop in any of them stops; yes and no of consent are no answer; modified
-- standards in any row are modified standards
standing AS (
  SELECT
    student_sourced_id, any_value(preferred_name ORDER BY row_number) AS preferred_name,
    any_value(preferred_language ORDER BY row_number) AS preferred_language, any_value(email ORDER BY row_number) AS email,
    bool_or(records_hold) AS records_hold, bool_and(verdict) AS verdict,
    CASE WHEN bool_and(dependent) = bool_or(dependent) THEN bool_or(dependent) END AS dependent,
    CASE WHEN bool_and(consent_to_parents) = bool_or(consent_to_parents) THEN bool_or(consent_to_parents) END
      AS consent_to_parents,
    coalesce(bool_and(dependent) <> bool_or(dependent), false)
      OR coalesce(bool_and(consent_to_parents) <> bool_or(consent_to_parents), false) AS consent_contradicts
  FROM accepted_supplement_students GROUP BY student_sourced_id
),
-- what is written of a homeroom in which nothing is marked is written of no course
homeroom AS (
  SELECT sourced_id FROM current_classes WHERE class_type = 'homeroom'
    AND sourced_id NOT IN (SELECT class_sourced_id FROM current_line_items)
    AND sourced_id NOT IN (SELECT class_sourced_id FROM accepted_supplement_grades)
),
written AS (
  SELECT student_sourced_id, list({
    'cycle': cycle,
    'class_id': CASE WHEN class_sourced_id NOT IN (SELECT sourced_id FROM homeroom) THEN class_sourced_id END,
    'author': author, 'language': language, 'text': coalesce(comment, ''), 'parts': {
      'strength': coalesce(strength, ''), 'next_step': coalesce(next_step, ''), 'home_help': coalesce(home_help, ''),
      'student_says': coalesce(student_says, ''), 'codes': coalesce(codes, '')
    }
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
    'consent_to_parents': s.consent_to_parents, 'consent_contradicts': coalesce(s.consent_contradicts, false),
    'records_hold': coalesce(s.records_hold, false), 'verdict': s.verdict,
    'contacts': coalesce(rights.contacts, []), 'comments': coalesce(written.comments, [])
  }) AS identity
FROM current_users u
JOIN person p ON p.source_id = u.sourced_id
LEFT JOIN school ON school.user_sourced_id = u.sourced_id
LEFT JOIN standing s ON s.student_sourced_id = u.sourced_id
LEFT JOIN current_demographics d ON d.sourced_id = u.sourced_id
LEFT JOIN rights ON rights.student_sourced_id = u.sourced_id
LEFT JOIN written ON written.student_sourced_id = u.sourced_id
WHERE u.role = 'student'
ORDER BY u.row_number;
