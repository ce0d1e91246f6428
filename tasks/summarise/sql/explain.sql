-- Every line item of one student, also those that count nowhere.
SELECT m.*, c.title AS category_title, i.category_id
FROM mark m
JOIN lake.core_line_item i ON i.extract_id = $extract_id AND i.line_item_id = m.line_item_id
LEFT JOIN lake.core_category c ON c.extract_id = $extract_id AND c.category_id = i.category_id
WHERE m.person_ref = $student
ORDER BY m.session_id, m.category, m.due_date, m.line_item_id;
