-- Classes that can be graded all at once: no rule that plain.py does not know, no grade set elsewhere, no score beyond
-- the bits that plain_marks.sql has, and no more line items than it can number.
UPDATE class_rule SET is_plain = class_id NOT IN (SELECT class_id FROM other_frame)
  AND class_id NOT IN (SELECT class_id FROM lake.core_imported_grade WHERE extract_id = $extract_id)
  AND class_id NOT IN (SELECT class_id FROM scope_item GROUP BY class_id HAVING count(*) >= 65536)
  AND coalesce((SELECT greatest(max(score), -min(score)) FROM lake.core_result WHERE extract_id = $extract_id)
    * 1000000 < $limit, true);
