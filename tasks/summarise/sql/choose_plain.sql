-- Lines whose seats can be graded all at once: their rules are some that the arrays of `vectorised` know, and no line item
-- of theirs counts in a way of its own.
CREATE OR REPLACE TEMP TABLE plain_line AS
WITH ruled AS (
  SELECT k.line_id, k.session_id, f.rules_no
  FROM scope_kind k JOIN plain_rules_frame f ON f.kind = k.kind
  WHERE k.line_id = k.class_id
),
peculiar AS (
  SELECT r.line_id, r.session_id
  FROM ruled r
  JOIN scope_item s ON s.line_id = r.line_id AND s.session_id = r.session_id
  LEFT JOIN retake_item t ON t.line_id = s.line_id AND t.session_id = s.session_id AND t.line_item_id = s.line_item_id
  LEFT JOIN accepted_blank a ON a.line_item_id = s.line_item_id
  LEFT JOIN lake.core_due_date o ON o.extract_id = $extract_id AND o.line_item_id = s.line_item_id
  WHERE s.is_extra OR s.is_fixed OR s.is_low_better OR s.is_beside OR s.points_min <> 0 OR t.line_item_id IS NOT NULL
    OR a.line_item_id IS NOT NULL OR o.line_item_id IS NOT NULL OR s.points_possible >= $largest
)
SELECT r.*, row_number() OVER (ORDER BY r.line_id, r.session_id)::INTEGER - 1 AS line_no
FROM ruled r
LEFT JOIN (SELECT DISTINCT line_id, session_id FROM peculiar) p ON p.line_id = r.line_id AND p.session_id = r.session_id
WHERE p.line_id IS NULL
  AND (SELECT coalesce(min(score) >= 0 AND max(score) < $largest, true) FROM lake.core_result WHERE extract_id = $extract_id);

UPDATE line_rule SET is_plain = true FROM plain_line p
WHERE p.line_id = line_rule.line_id AND p.session_id = line_rule.session_id;
