-- Pieces whose title is that of one other piece of their class with an ending. Of two such others none is meant.
WITH titled AS (
  SELECT i.class_id, i.line_item_id, lower(regexp_replace(trim(i.title), '\s+', ' ', 'g')) AS title
  FROM lake.core_line_item i
  WHERE i.extract_id = $extract_id AND i.points_possible > coalesce(i.points_min, 0) AND i.class_id IN (
    SELECT s.class_id FROM line_item s
    JOIN scope_line l ON l.line_id = s.line_id AND l.session_id = s.session_id AND l.line_item_id = s.line_item_id
    WHERE l.own_rules = $own_rules)
)
SELECT r.line_item_id, any_value(o.line_item_id) AS original
FROM titled r
JOIN titled o ON o.class_id = r.class_id AND o.title = trim(left(r.title, len(r.title) - len(lower($suffix))))
WHERE ends_with(r.title, lower($suffix)) AND o.line_item_id <> r.line_item_id
GROUP BY r.line_item_id
HAVING count(*) = 1
ORDER BY r.line_item_id;
