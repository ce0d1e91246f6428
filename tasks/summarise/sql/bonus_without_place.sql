-- A line item worth nothing with a score, in a category of its own class that averages percentages.
SELECT l.own_rules, l.category_id, l.line_item_id
FROM scope_line l
JOIN averaged a ON a.own_rules = l.own_rules AND a.category_id = l.category_id
JOIN lake.core_line_item i ON i.extract_id = $extract_id AND i.line_item_id = l.line_item_id
JOIN scope_item s ON s.line_id = l.line_id AND s.session_id = l.session_id AND s.line_item_id = l.line_item_id
JOIN lake.core_result r ON r.extract_id = $extract_id AND r.line_item_id = l.line_item_id
WHERE coalesce(i.points_possible, 0) = 0 AND r.score > 0 AND r.score_status <> 'exempt' AND NOT s.is_omitted AND l.place = 999
ORDER BY ALL LIMIT 1;
