-- Generated from packages/schema/src/views/upload-progress.ts by `npm run generate`; do not edit.
-- Which steps has each upload completed, and when?
CREATE VIEW v_upload_progress AS
SELECT
  upload_id,
  owner,
  feed,
  object_key,
  version_id,
  state,
  reason_code,
  job_run_id,
  size_bytes,
  last_modified,
  first_date,
  last_date,
  received_at,
  loading_at,
  loaded_at,
  published_at,
  updated_at
FROM
  uploads;
