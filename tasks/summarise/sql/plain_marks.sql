-- Plain seats and the line items of their lines. What is known of each by its number is its row: so none is deleted.
-- Line items lie by line and category, their points in millionths; blank_state is the state of a mark that is not there.
CREATE OR REPLACE TEMP TABLE plain_item AS
SELECT p.line_no, f.category_no, s.line_item_id, s.is_omitted, s.is_optional, s.due_date, o.class_id IS NOT NULL AS is_settled,
  (greatest(coalesce(s.points_possible, 0), 0) * 1000000)::BIGINT AS possible,
  mark_state(s.is_omitted, s.is_optional, true, false, false, o.class_id IS NOT NULL, NULL, NULL, NULL, NULL, NULL, NULL, s.due_date,
    $cutoff) AS blank_state
FROM plain_line p
JOIN scope_item s ON s.line_id = p.line_id AND s.session_id = p.session_id
JOIN plain_category_frame f ON f.rules_no = p.rules_no AND f.category = s.category
LEFT JOIN signed_off o ON o.class_id = s.class_id
ORDER BY p.line_no, f.category_no;

CREATE OR REPLACE TEMP TABLE plain_seat AS
SELECT e.person_ref, e.class_id, p.line_no
FROM enrolled e JOIN plain_line p ON p.line_id = e.line_id AND p.session_id = e.session_id
WHERE e.is_plain
ORDER BY p.line_no;
