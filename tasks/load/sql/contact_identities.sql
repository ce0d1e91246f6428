-- One JSON value per contact: the name, and how to reach them for each child.
SELECT
  p.person_ref, 'contact' AS role_code, NULL AS school_id,
  to_json({
    'format': 'termpost.identity/1', 'id': u.sourced_id,
    'given': u.given_name, 'middle': u.middle_name, 'family': u.family_name, 'birth_date': d.birth_date,
    'reach': list({
      'student': sp.person_ref, 'street': c.street, 'city': c.city, 'state': c.state, 'postal_code': c.postal_code,
      'country': c.country, 'email': c.email, 'phone': c.phone, 'language': c.preferred_language,
      'channel': c.preferred_channel, 'is_confidential': c.address_confidential
    } ORDER BY c.student_sourced_id)
  }) AS identity
FROM contact_row c
JOIN current_users u ON u.sourced_id = c.contact_sourced_id
JOIN person p ON p.source_id = c.contact_sourced_id
LEFT JOIN current_demographics d ON d.sourced_id = c.contact_sourced_id
JOIN person sp ON sp.source_id = c.student_sourced_id
WHERE u.role <> 'student' OR list_has_any(u.all_roles, ['guardian', 'parent', 'relative'])
GROUP BY p.person_ref, u.sourced_id, u.given_name, u.middle_name, u.family_name, d.birth_date, u.row_number
ORDER BY u.row_number;
