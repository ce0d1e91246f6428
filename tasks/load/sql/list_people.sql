-- Everyone the lake must know, by id of the source; a person held by the check may have no accepted row.
SELECT sourced_id AS source_id FROM current_users WHERE role = 'student'
UNION SELECT contact_sourced_id FROM contact_row
UNION SELECT user_sourced_id FROM current_enrollments
UNION SELECT student_id FROM held;
