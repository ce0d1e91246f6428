-- Classes that can be graded all at once: no rule that plain.py does not know, no grade set elsewhere, no score beyond
-- the bits that plain_marks.sql has, and no more line items than it can number.
UPDATE line_rule SET is_plain = line_id NOT IN (SELECT line_id FROM other_frame)
  AND line_id IN (SELECT class_id FROM line)
  AND line_id NOT IN (SELECT class_id FROM lake.core_imported_grade WHERE extract_id = $extract_id)
  AND line_id NOT IN (SELECT line_id FROM scope_item GROUP BY line_id HAVING count(*) >= 65536)
  AND line_id NOT IN (SELECT class_id FROM signed_off_frame)
  AND line_id NOT IN (SELECT line_id FROM retake_item)
  AND line_id NOT IN (SELECT i.class_id FROM lake.core_line_item i
    LEFT JOIN accepted_frame a ON a.line_item_id = i.line_item_id
    LEFT JOIN lake.core_due_date d ON d.extract_id = i.extract_id AND d.line_item_id = i.line_item_id
    WHERE i.extract_id = $extract_id AND (i.points_min <> 0 OR a.line_item_id IS NOT NULL OR d.line_item_id IS NOT NULL))
  AND coalesce((SELECT greatest(max(score), -min(score)) FROM lake.core_result WHERE extract_id = $extract_id)
    * 1000000 < $limit, true);
