-- Generated from packages/schema/src/views/spend-by-place.ts by `npm run generate`; do not edit.
-- Where is the money spent, month by month?
CREATE VIEW v_spend_by_place AS
SELECT
  spent.owner AS owner,
  spent.month AS month,
  spent.currency AS currency,
  spent.country AS country,
  spent.city AS city,
  cast(sum(spent.amount) AS DECIMAL(30, 4)) AS amount,
  cast(sum(spent.transactions) AS signed) AS transactions
FROM
  (
    SELECT
      STRAIGHT_JOIN uploads.owner AS owner,
      expenses_by_place_month.month AS month,
      expenses_by_place_month.currency AS currency,
      nullif(expenses_by_place_month.country COLLATE utf8mb4_0900_as_cs, '') AS country,
      nullif(expenses_by_place_month.city COLLATE utf8mb4_0900_as_cs, '') AS city,
      cast(expenses_by_place_month.amount AS DECIMAL(30, 4)) AS amount,
      expenses_by_place_month.transactions AS transactions
    FROM
      uploads
      INNER JOIN upload_summaries ON upload_summaries.upload_id = uploads.upload_id
      AND upload_summaries.summary = 'expenses_by_place_month'
      AND upload_summaries.usable
      AND upload_summaries.as_of = uploads.updated_at
      INNER JOIN expenses_by_place_month FORCE INDEX (PRIMARY) ON uploads.upload_id = expenses_by_place_month.upload_id
    WHERE
      uploads.state = 'published'
    UNION ALL
    SELECT
      STRAIGHT_JOIN uploads.owner AS owner,
      left(expenses.date, 7) AS month,
      expenses.currency AS currency,
      nullif(expenses.country, '') AS country,
      nullif(expenses.city, '') AS city,
      cast(sum(expenses.amount) AS DECIMAL(30, 4)) AS amount,
      count(*) AS transactions
    FROM
      uploads
      LEFT JOIN upload_summaries ON upload_summaries.upload_id = uploads.upload_id
      AND upload_summaries.summary = 'expenses_by_place_month'
      AND upload_summaries.usable
      AND upload_summaries.as_of = uploads.updated_at
      INNER JOIN expenses FORCE INDEX (PRIMARY) ON (
        uploads.upload_id = expenses.upload_id
        AND uploads.state = 'published'
      )
    WHERE
      upload_summaries.upload_id is null
      AND NOT expenses.shadowed
    GROUP BY
      uploads.owner,
      left(expenses.date, 7),
      expenses.currency,
      expenses.country,
      expenses.city
  ) AS spent
GROUP BY
  spent.owner,
  spent.month,
  spent.currency,
  spent.country,
  spent.city
HAVING
  sum(spent.transactions) > 0;
