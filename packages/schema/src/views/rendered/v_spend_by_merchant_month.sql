-- Generated from packages/schema/src/views/spend-by-merchant-month.ts by `npm run generate`; do not edit.
-- Who is paid, month by month?
CREATE VIEW v_spend_by_merchant_month AS
SELECT
  spent.owner AS owner,
  spent.month AS month,
  spent.currency AS currency,
  spent.category AS category,
  spent.merchant AS merchant,
  cast(sum(spent.amount) AS DECIMAL(30, 4)) AS amount,
  cast(sum(spent.transactions) AS signed) AS transactions
FROM
  (
    SELECT
      STRAIGHT_JOIN uploads.owner AS owner,
      expenses_by_merchant_month.month AS month,
      expenses_by_merchant_month.currency AS currency,
      expenses_by_merchant_month.category COLLATE utf8mb4_0900_as_cs AS category,
      expenses_by_merchant_month.merchant COLLATE utf8mb4_0900_as_cs AS merchant,
      cast(expenses_by_merchant_month.amount AS DECIMAL(30, 4)) AS amount,
      expenses_by_merchant_month.transactions AS transactions
    FROM
      uploads
      INNER JOIN upload_summaries ON upload_summaries.upload_id = uploads.upload_id
      AND upload_summaries.summary = 'expenses_by_merchant_month'
      AND upload_summaries.usable
      AND upload_summaries.as_of = uploads.updated_at
      INNER JOIN expenses_by_merchant_month FORCE INDEX (PRIMARY) ON uploads.upload_id = expenses_by_merchant_month.upload_id
    WHERE
      uploads.state = 'published'
    UNION ALL
    SELECT
      STRAIGHT_JOIN uploads.owner AS owner,
      left(expenses.date, 7) AS month,
      expenses.currency AS currency,
      expenses.category AS category,
      expenses.merchant AS merchant,
      cast(sum(expenses.amount) AS DECIMAL(30, 4)) AS amount,
      count(*) AS transactions
    FROM
      uploads
      LEFT JOIN upload_summaries ON upload_summaries.upload_id = uploads.upload_id
      AND upload_summaries.summary = 'expenses_by_merchant_month'
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
      expenses.category,
      expenses.merchant
  ) AS spent
GROUP BY
  spent.owner,
  spent.month,
  spent.currency,
  spent.category,
  spent.merchant
HAVING
  sum(spent.transactions) > 0;
