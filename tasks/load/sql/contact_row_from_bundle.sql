-- Student × contact as the bundle's agents say (rights.source = "bundle"): its parents and guardians are taken.
CREATE TEMP VIEW contact_row AS
SELECT
  s.sourced_id AS student_sourced_id, u.sourced_id AS contact_sourced_id,
  CASE u.role WHEN 'parent' THEN 'Parent' ELSE 'Guardian' END AS relation,
  NULL::BOOLEAN AS is_primary, NULL::BOOLEAN AS lives_with, NULL::BOOLEAN AS emergency,
  u.role = 'guardian' AS legal_guardian, NULL AS restriction,
  NULL::DATE AS restriction_from, NULL::DATE AS restriction_until, NULL::DATE AS agreement_until,
  NULL AS street, NULL AS city, NULL AS state, NULL AS postal_code, NULL AS country,
  u.email, u.phone, NULL AS preferred_language, NULL AS preferred_channel
FROM current_users s, unnest(s.agent_sourced_ids) AS agent(id)
JOIN current_users u ON u.sourced_id = agent.id
WHERE s.role = 'student' AND u.role IN ('parent', 'guardian');
