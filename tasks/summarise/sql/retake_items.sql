-- Attempts at one piece, the first of which is the piece. Where the first lies, all of them count: in its category and its
-- grading period. is_away: it is of another session, and they count there.
CREATE OR REPLACE TEMP TABLE retake_item AS
SELECT l.line_id, l.session_id, l.line_item_id, f.piece, f.attempt, f.rule, o.line_item_id IS NULL AS is_away,
  ((i.points_possible - coalesce(i.points_min, 0))::DECIMAL(38, 6) * 1000000)::HUGEINT * 1000000 AS possible
FROM scope_line l
JOIN retake f ON f.own_rules = l.own_rules AND f.line_item_id = l.line_item_id
JOIN lake.core_line_item i ON i.extract_id = $extract_id AND i.line_item_id = f.piece
LEFT JOIN scope_line o ON o.line_id = l.line_id AND o.session_id = l.session_id AND o.line_item_id = f.piece;

UPDATE scope_item SET category = p.category, period = p.period, item_session_id = p.item_session_id,
  is_extra = p.is_extra, is_fixed = p.is_fixed, is_beside = p.is_beside
FROM scope_item p
JOIN retake_item r ON r.line_id = p.line_id AND r.session_id = p.session_id AND r.piece = p.line_item_id
WHERE r.line_id = scope_item.line_id AND r.session_id = scope_item.session_id AND r.line_item_id = scope_item.line_item_id
  AND r.attempt > 0 AND NOT r.is_away;
