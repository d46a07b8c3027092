-- Generated from packages/schema/src/views/upload-accounting.ts by `npm run generate`; do not edit.
-- What happened to every uploaded file and to each of its rows?
CREATE VIEW v_upload_accounting AS
SELECT
  upload_id,
  owner,
  feed,
  object_key,
  version_id,
  state,
  rows_read,
  rows_published,
  rows_duplicate,
  rows_quarantined,
  amount_read,
  amount_published,
  amount_duplicate,
  amount_quarantined,
  coalesce(reason, notes) AS reason,
  received_at,
  published_at,
  timestampdiff(microsecond, received_at, published_at) * 0.000001 AS seconds_to_visible
FROM
  uploads;
