-- Generated from packages/schema/src/views/income-by-source-month.ts by `npm run generate`; do not edit.
-- Where does the money come from, month by month?
CREATE VIEW v_income_by_source_month AS
SELECT
  received.owner AS owner,
  received.month AS month,
  received.currency AS currency,
  received.source AS source,
  cast(sum(received.amount) AS DECIMAL(30, 4)) AS amount,
  cast(sum(received.transactions) AS signed) AS transactions
FROM
  (
    SELECT
      STRAIGHT_JOIN uploads.owner AS owner,
      incomes_by_source_month.month AS month,
      incomes_by_source_month.currency AS currency,
      incomes_by_source_month.source COLLATE utf8mb4_0900_as_cs AS source,
      cast(incomes_by_source_month.amount AS DECIMAL(30, 4)) AS amount,
      incomes_by_source_month.transactions AS transactions
    FROM
      uploads
      INNER JOIN upload_summaries ON upload_summaries.upload_id = uploads.upload_id
      AND upload_summaries.summary = 'incomes_by_source_month'
      AND upload_summaries.usable
      AND upload_summaries.as_of = uploads.updated_at
      INNER JOIN incomes_by_source_month FORCE INDEX (PRIMARY) ON uploads.upload_id = incomes_by_source_month.upload_id
    WHERE
      uploads.state = 'published'
    UNION ALL
    SELECT
      STRAIGHT_JOIN uploads.owner AS owner,
      left(incomes.date, 7) AS month,
      incomes.currency AS currency,
      incomes.source AS source,
      cast(sum(incomes.amount) AS DECIMAL(30, 4)) AS amount,
      count(*) AS transactions
    FROM
      uploads
      LEFT JOIN upload_summaries ON upload_summaries.upload_id = uploads.upload_id
      AND upload_summaries.summary = 'incomes_by_source_month'
      AND upload_summaries.usable
      AND upload_summaries.as_of = uploads.updated_at
      INNER JOIN incomes FORCE INDEX (PRIMARY) ON (
        uploads.upload_id = incomes.upload_id
        AND uploads.state = 'published'
      )
    WHERE
      upload_summaries.upload_id is null
      AND NOT incomes.shadowed
    GROUP BY
      uploads.owner,
      left(incomes.date, 7),
      incomes.currency,
      incomes.source
  ) AS received
GROUP BY
  received.owner,
  received.month,
  received.currency,
  received.source
HAVING
  sum(received.transactions) > 0;
