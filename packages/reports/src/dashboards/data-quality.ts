/** The state of every uploaded file and the rows with problems. */
import type { Dashboard, Dimension, Kpi, LineOrBar, List, Stacked, Total } from '../model.ts';

type Uploads = 'v_upload_accounting';
type Quarantine = 'v_quarantine_by_reason';
const filters = ['period'] as const;

const rowsRead: Total<Uploads> = { column: 'rows_read', aggregate: 'sum', title: 'Rows read', format: 'integer' };
const rowsPublished: Total<Uploads> = {
  column: 'rows_published',
  aggregate: 'sum',
  title: 'Published',
  format: 'integer',
};
const rowsDuplicate: Total<Uploads> = {
  column: 'rows_duplicate',
  aggregate: 'sum',
  title: 'Duplicate',
  format: 'integer',
};
const rowsQuarantined: Total<Uploads> = {
  column: 'rows_quarantined',
  aggregate: 'sum',
  title: 'Quarantined',
  format: 'integer',
};
const uploads: Total<Uploads> = { column: 'upload_id', aggregate: 'count', title: 'Uploads', format: 'integer' };
const state: Dimension<Uploads> = { column: 'state', title: 'State', format: 'text' };
const feed: Dimension<Uploads> = { column: 'feed', title: 'Feed', format: 'text' };

const quarantined: Total<Quarantine> = {
  column: 'quarantined_rows',
  aggregate: 'sum',
  title: 'Quarantined rows',
  format: 'integer',
};
const code: Dimension<Quarantine> = { column: 'code', title: 'Reason', format: 'text' };

const rowsReadFigure: Kpi<Uploads> = {
  kind: 'kpi',
  id: 'rows-read-figure',
  title: 'Rows read',
  question: 'How many rows were in the files?',
  view: 'v_upload_accounting',
  filters,
  value: rowsRead,
};

const rowsPublishedFigure: Kpi<Uploads> = {
  kind: 'kpi',
  id: 'rows-published-figure',
  title: 'Rows published',
  question: 'How many of them do the reports show?',
  view: 'v_upload_accounting',
  filters,
  value: rowsPublished,
};

const rowsDuplicateFigure: Kpi<Uploads> = {
  kind: 'kpi',
  id: 'rows-duplicate-figure',
  title: 'Rows duplicate',
  question: 'How many of them does another file show?',
  view: 'v_upload_accounting',
  filters,
  value: rowsDuplicate,
};

const quarantinedShareFigure: Kpi<Uploads> = {
  kind: 'kpi',
  id: 'quarantined-share-figure',
  title: 'Rows quarantined',
  question: 'Which share of the rows could not be accepted?',
  view: 'v_upload_accounting',
  filters,
  value: {
    name: 'quarantined_share',
    numerator: 'rows_quarantined',
    denominator: 'rows_read',
    title: 'Rows quarantined',
    format: 'percent',
  },
};

const uploadsByState: LineOrBar<Uploads> = {
  kind: 'bar',
  id: 'uploads-by-state',
  title: 'Uploads by state',
  question: 'What became of the files?',
  view: 'v_upload_accounting',
  filters,
  x: state,
  values: [uploads],
};

const rowsByFeed: LineOrBar<Uploads> = {
  kind: 'bar',
  id: 'rows-by-feed',
  title: 'Rows by feed',
  question: 'What became of the rows of each kind of file?',
  view: 'v_upload_accounting',
  filters,
  x: feed,
  values: [rowsPublished, rowsDuplicate, rowsQuarantined],
};

const quarantineByReason: LineOrBar<Quarantine> = {
  kind: 'bar',
  id: 'quarantine-by-reason',
  title: 'Quarantined rows by reason',
  question: 'What is most often wrong with the rows?',
  view: 'v_quarantine_by_reason',
  filters,
  x: code,
  values: [quarantined],
  horizontal: true,
};

const quarantineByMonth: Stacked<Quarantine> = {
  kind: 'stacked',
  id: 'quarantine-by-month',
  title: 'Quarantined rows by month',
  question: 'Do the files get better?',
  view: 'v_quarantine_by_reason',
  filters,
  x: { column: 'month_received', title: 'Received', format: 'month' },
  series: code,
  values: [quarantined],
};

const uploadList: List<Uploads> = {
  kind: 'list',
  id: 'upload-list',
  title: 'Uploads',
  question: 'What became of each file, and why?',
  view: 'v_upload_accounting',
  filters,
  rows: [
    { column: 'received_at', title: 'Received (UTC)', format: 'moment' },
    { column: 'object_key', title: 'Object', format: 'text' },
    state,
    { column: 'reason', title: 'Reason', format: 'text' },
  ],
  values: [
    { column: 'rows_read', title: 'Read', format: 'integer' },
    { column: 'rows_published', title: 'Published', format: 'integer' },
    { column: 'rows_duplicate', title: 'Duplicate', format: 'integer' },
    { column: 'rows_quarantined', title: 'Quarantined', format: 'integer' },
  ],
  newest: ['received_at', 'upload_id'],
};

export const dataQuality: Dashboard = {
  id: 'data-quality',
  title: 'Data quality',
  description: 'What became of every file and every row: read is published, duplicate and quarantined.',
  filters,
  visuals: [
    { visual: rowsReadFigure, width: 3 },
    { visual: rowsPublishedFigure, width: 3 },
    { visual: rowsDuplicateFigure, width: 3 },
    { visual: quarantinedShareFigure, width: 3 },
    { visual: uploadsByState, width: 4 },
    { visual: rowsByFeed, width: 8 },
    { visual: quarantineByReason, width: 6 },
    { visual: quarantineByMonth, width: 6 },
    { visual: uploadList, width: 12 },
  ],
};
