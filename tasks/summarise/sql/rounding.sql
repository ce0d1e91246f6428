-- An exact fraction n/d (d > 0) rounded as the policy says, away from zero at a tie of half-up; with six decimals.
CREATE OR REPLACE TEMP MACRO rounded(n, d, places, mode) AS (
  (sign(n)::HUGEINT * (
    abs(n)::HUGEINT * (10 ** places)::HUGEINT // d::HUGEINT
    + CASE mode
        WHEN 'half-up' THEN (2 * (abs(n)::HUGEINT * (10 ** places)::HUGEINT % d::HUGEINT) >= d::HUGEINT)::HUGEINT
        WHEN 'half-even' THEN (2 * (abs(n)::HUGEINT * (10 ** places)::HUGEINT % d::HUGEINT)
          + abs(n)::HUGEINT * (10 ** places)::HUGEINT // d::HUGEINT % 2 > d::HUGEINT)::HUGEINT
        ELSE 0::HUGEINT  -- down, truncate
      END
  ) * (10 ** (6 - places))::HUGEINT)::DECIMAL(19, 0) * 0.000001::DECIMAL(7, 6)
)::DECIMAL(18, 6);
