-- Generated from packages/schema/src/views/monthly-cash-flow.ts by `npm run generate`; do not edit.
-- How much money came in, went out and was left in each month?
CREATE VIEW v_monthly_cash_flow AS
SELECT
  flows.owner AS owner,
  flows.month AS month,
  flows.currency AS currency,
  cast(sum(flows.income) AS DECIMAL(30, 4)) AS income,
  cast(sum(flows.expense) AS DECIMAL(30, 4)) AS expense,
  cast(sum(flows.income - flows.expense) AS DECIMAL(30, 4)) AS net,
  CASE
    WHEN cast(sum(flows.income) AS DECIMAL(30, 4)) > 0 THEN cast(
      cast(sum(flows.income - flows.expense) AS DECIMAL(30, 4)) * 1.0000000000000000 / cast(sum(flows.income) AS DECIMAL(30, 4)) AS DECIMAL(38, 4)
    )
  END AS savings_rate
FROM
  (
    SELECT
      STRAIGHT_JOIN uploads.owner AS owner,
      incomes_by_source_month.month AS month,
      incomes_by_source_month.currency AS currency,
      cast(incomes_by_source_month.amount AS DECIMAL(30, 4)) AS income,
      cast(0 AS DECIMAL(30, 4)) AS expense,
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
      cast(sum(incomes.amount) AS DECIMAL(30, 4)) AS income,
      cast(0 AS DECIMAL(30, 4)) AS expense,
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
      incomes.currency
    UNION ALL
    SELECT
      STRAIGHT_JOIN uploads.owner AS owner,
      expenses_by_category_month.month AS month,
      expenses_by_category_month.currency AS currency,
      cast(0 AS DECIMAL(30, 4)) AS income,
      cast(expenses_by_category_month.amount AS DECIMAL(30, 4)) AS expense,
      expenses_by_category_month.transactions AS transactions
    FROM
      uploads
      INNER JOIN upload_summaries ON upload_summaries.upload_id = uploads.upload_id
      AND upload_summaries.summary = 'expenses_by_category_month'
      AND upload_summaries.usable
      AND upload_summaries.as_of = uploads.updated_at
      INNER JOIN expenses_by_category_month FORCE INDEX (PRIMARY) ON uploads.upload_id = expenses_by_category_month.upload_id
    WHERE
      uploads.state = 'published'
    UNION ALL
    SELECT
      STRAIGHT_JOIN uploads.owner AS owner,
      left(expenses.date, 7) AS month,
      expenses.currency AS currency,
      cast(0 AS DECIMAL(30, 4)) AS income,
      cast(sum(expenses.amount) AS DECIMAL(30, 4)) AS expense,
      count(*) AS transactions
    FROM
      uploads
      LEFT JOIN upload_summaries ON upload_summaries.upload_id = uploads.upload_id
      AND upload_summaries.summary = 'expenses_by_category_month'
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
      expenses.currency
  ) AS flows
GROUP BY
  flows.owner,
  flows.month,
  flows.currency
HAVING
  sum(flows.transactions) > 0;
