-- Student × contact as the supplement says (rights.source = "contacts").
CREATE TEMP VIEW contact_row AS
SELECT
  c.student_sourced_id, c.contact_sourced_id, c.relation, c.is_primary, c.lives_with, c.emergency, c.legal_guardian,
  c.contact_restrictions AS restriction, c.restriction_from, c.restriction_until,
  c.restriction_document, c.restriction_document_date, c.agreement_until,
  c.street, c.city, c.state, c.postal_code, c.country,
  coalesce(c.email, u.email) AS email, coalesce(c.phone, u.phone) AS phone,
  c.preferred_language, c.preferred_channel, c.address_confidential
FROM accepted_supplement_contacts c
JOIN current_users u ON u.sourced_id = c.contact_sourced_id;

-- What the bundle says of the same contacts: a right that it ends is barred here too.
CREATE TEMP VIEW elsewhere AS
SELECT
  c.student_sourced_id, c.contact_sourced_id, NULL::BOOLEAN AS legal_guardian, r.restriction, r.restriction_from,
  r.restriction_until
FROM (SELECT DISTINCT student_sourced_id, contact_sourced_id FROM contact_row) c
JOIN role_bar r ON r.user_sourced_id = c.contact_sourced_id;
