-- Each line item with what the policy says of it; the answers come from rules.py.
CREATE OR REPLACE TEMP TABLE scope_item AS
SELECT l.line_id, l.class_id, l.session_id, l.line_item_id, l.place, c.category,
  nullif(l.item_session_id, '') AS item_session_id, p.period, c.is_low_better, c.is_beside,
  coalesce(o.is_omitted, false) AS is_omitted, coalesce(o.is_extra, false) AS is_extra,
  coalesce(o.is_fixed, false) AS is_fixed,
  -- extra credit: nobody has to do it
  coalesce(o.is_extra, false) OR c.is_on_top OR coalesce(l.points_possible, 0) <= coalesce(l.points_min, 0) AS is_optional, l.due_date, l.points_possible, l.points_min
FROM scope_line l
JOIN category_answer c ON c.own_rules = l.own_rules AND c.category_id = l.category_id
JOIN period_answer p
  ON p.own_rules = l.own_rules AND p.session_id = l.session_id AND p.item_session_id = l.item_session_id
LEFT JOIN named_item o
  ON o.own_rules = l.own_rules AND o.category_id = l.category_id AND o.line_item_id = l.line_item_id;

CREATE OR REPLACE TEMP TABLE line_rule AS
SELECT k.line_id, k.session_id, r.* EXCLUDE own_rules, false AS is_plain
FROM scope_kind k JOIN rule_answer r USING (own_rules);
