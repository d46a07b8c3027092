-- Generated from packages/schema/src/views/quarantine-by-reason.ts by `npm run generate`; do not edit.
-- Which problems do the uploaded files have, and do they become fewer?
CREATE VIEW v_quarantine_by_reason AS
SELECT
  STRAIGHT_JOIN uploads.owner AS owner,
  uploads.feed,
  left(uploads.received_at, 7) AS month_received,
  quarantined_rows.code,
  count(*) AS quarantined_rows,
  count(DISTINCT uploads.upload_id) AS uploads
FROM
  uploads
  INNER JOIN quarantined_rows FORCE INDEX (PRIMARY) ON (
    uploads.upload_id = quarantined_rows.upload_id
    AND uploads.state IN ('published', 'rejected')
  )
GROUP BY
  uploads.owner,
  uploads.feed,
  left(uploads.received_at, 7),
  quarantined_rows.code;
