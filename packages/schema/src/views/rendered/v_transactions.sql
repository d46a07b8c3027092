-- Generated from packages/schema/src/views/transactions.ts by `npm run generate`; do not edit.
-- Which payments make up a figure, and which file does each payment come from?
CREATE VIEW v_transactions AS (
  SELECT
    STRAIGHT_JOIN uploads.owner AS owner,
    cast('income' AS char(7)) AS kind,
    incomes.date,
    incomes.source AS counterparty,
    incomes.category,
    incomes.account,
    incomes.amount,
    incomes.currency,
    incomes.description,
    NULL AS country,
    NULL AS city,
    incomes.transaction_id,
    incomes.upload_id,
    incomes.row_no
  FROM
    uploads
    INNER JOIN incomes FORCE INDEX (PRIMARY) ON (
      uploads.upload_id = incomes.upload_id
      AND uploads.state = 'published'
    )
  WHERE
    NOT incomes.shadowed
)
UNION ALL
(
  SELECT
    STRAIGHT_JOIN uploads.owner AS owner,
    cast('expense' AS char(7)) AS kind,
    expenses.date,
    expenses.merchant AS counterparty,
    expenses.category,
    expenses.account,
    expenses.amount,
    expenses.currency,
    expenses.description,
    expenses.country AS country,
    expenses.city AS city,
    expenses.transaction_id,
    expenses.upload_id,
    expenses.row_no
  FROM
    uploads
    INNER JOIN expenses FORCE INDEX (PRIMARY) ON (
      uploads.upload_id = expenses.upload_id
      AND uploads.state = 'published'
    )
  WHERE
    NOT expenses.shadowed
);
