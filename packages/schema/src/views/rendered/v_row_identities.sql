-- Generated from packages/schema/src/views/row-identities.ts by `npm run generate`; do not edit.
-- Which rows has the owner already uploaded?
CREATE VIEW v_row_identities AS
SELECT
  STRAIGHT_JOIN uploads.owner AS owner,
  uploads.feed AS feed,
  uploads.upload_id AS upload_id,
  cast(concat(budgets.month, '-01') AS date) AS row_date,
  budgets.fingerprint AS fingerprint
FROM
  uploads
  INNER JOIN budgets FORCE INDEX (PRIMARY) ON (
    uploads.upload_id = budgets.upload_id
    AND uploads.state = 'published'
  )
UNION ALL
SELECT
  STRAIGHT_JOIN uploads.owner AS owner,
  uploads.feed AS feed,
  uploads.upload_id AS upload_id,
  expenses.date AS row_date,
  expenses.fingerprint AS fingerprint
FROM
  uploads
  INNER JOIN expenses FORCE INDEX (PRIMARY) ON (
    uploads.upload_id = expenses.upload_id
    AND uploads.state = 'published'
  )
UNION ALL
SELECT
  STRAIGHT_JOIN uploads.owner AS owner,
  uploads.feed AS feed,
  uploads.upload_id AS upload_id,
  incomes.date AS row_date,
  incomes.fingerprint AS fingerprint
FROM
  uploads
  INNER JOIN incomes FORCE INDEX (PRIMARY) ON (
    uploads.upload_id = incomes.upload_id
    AND uploads.state = 'published'
  );
