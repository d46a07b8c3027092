-- Generated from packages/schema/src/views/budget-vs-actual.ts by `npm run generate`; do not edit.
-- Did spending stay within the budget of each month and category?
CREATE VIEW v_budget_vs_actual AS
SELECT
  sides.owner AS owner,
  sides.month AS month,
  sides.currency AS currency,
  sides.category AS category,
  cast(sum(sides.budget) AS DECIMAL(30, 4)) AS budget,
  cast(sum(sides.actual) AS DECIMAL(30, 4)) AS actual,
  cast(sum(sides.budget - sides.actual) AS DECIMAL(30, 4)) AS remaining
FROM
  (
    SELECT
      STRAIGHT_JOIN uploads.owner AS owner,
      budgets.month AS month,
      budgets.currency AS currency,
      budgets.category AS category,
      cast(budgets.amount AS DECIMAL(30, 4)) AS budget,
      cast(0 AS DECIMAL(30, 4)) AS actual,
      1 AS transactions
    FROM
      uploads
      INNER JOIN budgets FORCE INDEX (PRIMARY) ON (
        uploads.upload_id = budgets.upload_id
        AND uploads.state = 'published'
      )
    WHERE
      NOT budgets.shadowed
    UNION ALL
    SELECT
      STRAIGHT_JOIN uploads.owner AS owner,
      expenses_by_category_month.month AS month,
      expenses_by_category_month.currency AS currency,
      expenses_by_category_month.category COLLATE utf8mb4_0900_as_cs AS category,
      cast(0 AS DECIMAL(30, 4)) AS budget,
      cast(expenses_by_category_month.amount AS DECIMAL(30, 4)) AS actual,
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
      expenses.category AS category,
      cast(0 AS DECIMAL(30, 4)) AS budget,
      cast(sum(expenses.amount) AS DECIMAL(30, 4)) AS actual,
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
      expenses.currency,
      expenses.category
  ) AS sides
GROUP BY
  sides.owner,
  sides.month,
  sides.currency,
  sides.category
HAVING
  sum(sides.transactions) > 0;
