-- Student × contact as the bundle's agents say (rights.source = "bundle"): its parents and guardians are taken.
CREATE TEMP VIEW contact_row AS
SELECT
  s.sourced_id AS student_sourced_id, u.sourced_id AS contact_sourced_id,
  CASE WHEN list_contains(u.all_roles, 'parent') THEN 'Parent' ELSE 'Guardian' END AS relation,
  NULL::BOOLEAN AS is_primary, NULL::BOOLEAN AS lives_with, NULL::BOOLEAN AS emergency,
  CASE WHEN list_contains(u.all_roles, 'guardian') THEN true END AS legal_guardian,
  r.restriction, r.restriction_from, r.restriction_until,
  NULL AS restriction_document, NULL::DATE AS restriction_document_date, NULL::DATE AS agreement_until,
  NULL AS street, NULL AS city, NULL AS state, NULL AS postal_code, NULL AS country,
  u.email, u.phone, NULL AS preferred_language, NULL AS preferred_channel,
  (SELECT bool_or(x.address_confidential) FROM accepted_supplement_contacts x WHERE x.contact_sourced_id = u.sourced_id)
    AS address_confidential
FROM current_users s, unnest(s.agent_sourced_ids) AS agent(id)
JOIN current_users u ON u.sourced_id = agent.id
LEFT JOIN role_bar r ON r.user_sourced_id = u.sourced_id
WHERE s.role = 'student' AND list_has_any(u.all_roles, ['parent', 'guardian']);

-- What the supplement says of the same contacts: it takes a right away, and gives none.
CREATE TEMP VIEW elsewhere AS
SELECT
  c.student_sourced_id, c.contact_sourced_id, c.legal_guardian, c.contact_restrictions AS restriction,
  c.restriction_from, c.restriction_until, c.restriction_document, c.restriction_document_date
FROM accepted_supplement_contacts c SEMI JOIN contact_row USING (student_sourced_id, contact_sourced_id)
WHERE c.contact_restrictions IS NOT NULL OR c.restriction_from IS NOT NULL OR c.restriction_until IS NOT NULL
  OR c.legal_guardian = false;
