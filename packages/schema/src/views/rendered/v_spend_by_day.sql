-- Generated from packages/schema/src/views/spend-by-day.ts by `npm run generate`; do not edit.
-- On which days is the money spent, and on what?
CREATE VIEW v_spend_by_day AS
SELECT
  spent.owner AS owner,
  spent.date AS date,
  spent.currency AS currency,
  spent.category AS category,
  cast(sum(spent.amount) AS DECIMAL(30, 4)) AS amount,
  cast(sum(spent.transactions) AS signed) AS transactions
FROM
  (
    SELECT
      STRAIGHT_JOIN uploads.owner AS owner,
      expenses_by_category_day.date AS date,
      expenses_by_category_day.currency AS currency,
      expenses_by_category_day.category COLLATE utf8mb4_0900_as_cs AS category,
      cast(expenses_by_category_day.amount AS DECIMAL(30, 4)) AS amount,
      expenses_by_category_day.transactions AS transactions
    FROM
      uploads
      INNER JOIN upload_summaries ON upload_summaries.upload_id = uploads.upload_id
      AND upload_summaries.summary = 'expenses_by_category_day'
      AND upload_summaries.usable
      AND upload_summaries.as_of = uploads.updated_at
      INNER JOIN expenses_by_category_day FORCE INDEX (PRIMARY) ON uploads.upload_id = expenses_by_category_day.upload_id
    WHERE
      uploads.state = 'published'
    UNION ALL
    SELECT
      STRAIGHT_JOIN uploads.owner AS owner,
      expenses.date AS date,
      expenses.currency AS currency,
      expenses.category AS category,
      cast(sum(expenses.amount) AS DECIMAL(30, 4)) AS amount,
      count(*) AS transactions
    FROM
      uploads
      LEFT JOIN upload_summaries ON upload_summaries.upload_id = uploads.upload_id
      AND upload_summaries.summary = 'expenses_by_category_day'
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
      expenses.date,
      expenses.currency,
      expenses.category
  ) AS spent
GROUP BY
  spent.owner,
  spent.date,
  spent.currency,
  spent.category
HAVING
  sum(spent.transactions) > 0;
