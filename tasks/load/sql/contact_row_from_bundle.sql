-- Student × contact as the bundle's agents say (rights.source = "bundle"): its parents and guardians are taken. Where
-- 1.2 says that somebody was or will be one, no right outlasts or precedes it.
CREATE TEMP VIEW contact_row AS
SELECT
  s.sourced_id AS student_sourced_id, u.sourced_id AS contact_sourced_id,
  CASE WHEN list_contains(u.all_roles, 'parent') THEN 'Parent' ELSE 'Guardian' END AS relation,
  NULL::BOOLEAN AS is_primary, NULL::BOOLEAN AS lives_with, NULL::BOOLEAN AS emergency,
  CASE WHEN list_contains(u.all_roles, 'guardian') THEN true END AS legal_guardian,
  CASE WHEN r.ended IS NOT NULL OR r.begins IS NOT NULL THEN 'no-records' END AS restriction,
  r.ended AS restriction_from, CASE WHEN r.ended IS NULL THEN r.begins END AS restriction_until,
  NULL::DATE AS agreement_until,
  NULL AS street, NULL AS city, NULL AS state, NULL AS postal_code, NULL AS country,
  u.email, u.phone, NULL AS preferred_language, NULL AS preferred_channel
FROM current_users s, unnest(s.agent_sourced_ids) AS agent(id)
JOIN current_users u ON u.sourced_id = agent.id
LEFT JOIN (
  SELECT
    user_sourced_id, CASE WHEN count(*) = count(end_date) THEN max(end_date) END AS ended,
    CASE WHEN count(*) = count(begin_date) THEN min(begin_date) END AS begins
  FROM accepted_roles WHERE role IN ('parent', 'guardian') AND status IS DISTINCT FROM 'tobedeleted' GROUP BY ALL
) r ON r.user_sourced_id = u.sourced_id
WHERE s.role = 'student' AND list_has_any(u.all_roles, ['parent', 'guardian']);

-- What the supplement says of the same contacts: it takes a right away, and gives none.
CREATE TEMP VIEW elsewhere AS
SELECT
  c.student_sourced_id, c.contact_sourced_id, c.legal_guardian, c.contact_restrictions AS restriction,
  c.restriction_from, c.restriction_until
FROM accepted_supplement_contacts c SEMI JOIN contact_row USING (student_sourced_id, contact_sourced_id)
WHERE c.contact_restrictions IS NOT NULL OR c.restriction_from IS NOT NULL OR c.restriction_until IS NOT NULL
  OR c.legal_guardian = false;
