-- Generated from packages/schema/src/views/account-balance.ts by `npm run generate`; do not edit.
-- How does the balance of each account change from day to day?
CREATE VIEW v_account_balance AS
SELECT
  movements.owner AS owner,
  movements.account AS account,
  movements.currency AS currency,
  movements.date AS date,
  cast(sum(movements.movement) AS DECIMAL(30, 4)) AS movement,
  cast(
    sum(sum(movements.movement)) OVER (
      PARTITION BY
        movements.owner,
        movements.account,
        movements.currency
      ORDER BY
        movements.date
    ) AS DECIMAL(30, 4)
  ) AS balance
FROM
  (
    SELECT
      STRAIGHT_JOIN uploads.owner AS owner,
      incomes_by_account_day.account COLLATE utf8mb4_0900_as_cs AS account,
      incomes_by_account_day.currency AS currency,
      incomes_by_account_day.date AS date,
      cast(incomes_by_account_day.amount AS DECIMAL(30, 4)) AS movement,
      incomes_by_account_day.transactions AS transactions
    FROM
      uploads
      INNER JOIN upload_summaries ON upload_summaries.upload_id = uploads.upload_id
      AND upload_summaries.summary = 'incomes_by_account_day'
      AND upload_summaries.usable
      AND upload_summaries.as_of = uploads.updated_at
      INNER JOIN incomes_by_account_day FORCE INDEX (PRIMARY) ON uploads.upload_id = incomes_by_account_day.upload_id
    WHERE
      uploads.state = 'published'
    UNION ALL
    SELECT
      STRAIGHT_JOIN uploads.owner AS owner,
      incomes.account AS account,
      incomes.currency AS currency,
      incomes.date AS date,
      cast(sum(incomes.amount) AS DECIMAL(30, 4)) AS movement,
      count(*) AS transactions
    FROM
      uploads
      LEFT JOIN upload_summaries ON upload_summaries.upload_id = uploads.upload_id
      AND upload_summaries.summary = 'incomes_by_account_day'
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
      incomes.account,
      incomes.currency,
      incomes.date
    UNION ALL
    SELECT
      STRAIGHT_JOIN uploads.owner AS owner,
      expenses_by_account_day.account COLLATE utf8mb4_0900_as_cs AS account,
      expenses_by_account_day.currency AS currency,
      expenses_by_account_day.date AS date,
      - cast(expenses_by_account_day.amount AS DECIMAL(30, 4)) AS movement,
      expenses_by_account_day.transactions AS transactions
    FROM
      uploads
      INNER JOIN upload_summaries ON upload_summaries.upload_id = uploads.upload_id
      AND upload_summaries.summary = 'expenses_by_account_day'
      AND upload_summaries.usable
      AND upload_summaries.as_of = uploads.updated_at
      INNER JOIN expenses_by_account_day FORCE INDEX (PRIMARY) ON uploads.upload_id = expenses_by_account_day.upload_id
    WHERE
      uploads.state = 'published'
    UNION ALL
    SELECT
      STRAIGHT_JOIN uploads.owner AS owner,
      expenses.account AS account,
      expenses.currency AS currency,
      expenses.date AS date,
      - cast(sum(expenses.amount) AS DECIMAL(30, 4)) AS movement,
      count(*) AS transactions
    FROM
      uploads
      LEFT JOIN upload_summaries ON upload_summaries.upload_id = uploads.upload_id
      AND upload_summaries.summary = 'expenses_by_account_day'
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
      expenses.account,
      expenses.currency,
      expenses.date
  ) AS movements
GROUP BY
  movements.owner,
  movements.account,
  movements.currency,
  movements.date
HAVING
  sum(movements.transactions) > 0;
