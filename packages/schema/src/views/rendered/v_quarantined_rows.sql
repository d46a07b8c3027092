-- Generated from packages/schema/src/views/rows-in-quarantine.ts by `npm run generate`; do not edit.
-- Which rows broke their contract, and how can each be fixed?
CREATE VIEW v_quarantined_rows AS
SELECT
  STRAIGHT_JOIN uploads.owner AS owner,
  uploads.feed,
  uploads.upload_id,
  uploads.object_key,
  quarantined_rows.row_no,
  quarantined_rows.column_name,
  quarantined_rows.code,
  quarantined_rows.message,
  quarantined_rows.raw_text
FROM
  uploads
  INNER JOIN quarantined_rows FORCE INDEX (PRIMARY) ON (
    uploads.upload_id = quarantined_rows.upload_id
    AND uploads.state IN ('published', 'rejected')
  );
