/** The dashboard that shows what happened to every file and every row. */
import type { Dashboard, Dimension, Kpi, LineOrBar, List, Stacked, Total } from '../model.ts';

type Uploads = 'v_upload_accounting';
type Quarantine = 'v_quarantine_by_reason';
const filters = ['period'] as const;

const rowsRead: Total<Uploads> = { column: 'rows_read', aggregate: 'sum', title: 'Rows read', format: 'integer' };
const rowsPublished: Total<Uploads> = {
  column: 'rows_published',
  aggregate: 'sum',
  title: 'Imported',
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
  title: 'To fix',
  format: 'integer',
};
const uploads: Total<Uploads> = { column: 'upload_id', aggregate: 'count', title: 'Uploads', format: 'integer' };
const state: Dimension<Uploads> = { column: 'state', title: 'State', format: 'text' };
const feed: Dimension<Uploads> = { column: 'feed', title: 'Type', format: 'text' };

const quarantined: Total<Quarantine> = {
  column: 'quarantined_rows',
  aggregate: 'sum',
  title: 'Rows to fix',
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
  title: 'Rows imported',
  question: 'How many of these rows count in the reports?',
  view: 'v_upload_accounting',
  filters,
  value: rowsPublished,
};

const rowsDuplicateFigure: Kpi<Uploads> = {
  kind: 'kpi',
  id: 'rows-duplicate-figure',
  title: 'Duplicate rows',
  question: 'How many of these rows are also in another file?',
  view: 'v_upload_accounting',
  filters,
  value: rowsDuplicate,
};

const quarantinedShareFigure: Kpi<Uploads> = {
  kind: 'kpi',
  id: 'quarantined-share-figure',
  title: 'Rows to fix',
  question: 'What share of the rows has a problem?',
  view: 'v_upload_accounting',
  filters,
  value: {
    name: 'quarantined_share',
    numerator: 'rows_quarantined',
    denominator: 'rows_read',
    title: 'Share of rows to fix',
    format: 'percent',
  },
};

const uploadsByState: LineOrBar<Uploads> = {
  kind: 'bar',
  id: 'uploads-by-state',
  title: 'Uploads by state',
  question: 'What happened to the files?',
  view: 'v_upload_accounting',
  filters,
  x: state,
  values: [uploads],
};

const rowsByFeed: LineOrBar<Uploads> = {
  kind: 'bar',
  id: 'rows-by-feed',
  title: 'Rows by type',
  question: 'What happened to the rows of each type of file?',
  view: 'v_upload_accounting',
  filters,
  x: feed,
  values: [rowsPublished, rowsDuplicate, rowsQuarantined],
};

const quarantineByReason: LineOrBar<Quarantine> = {
  kind: 'bar',
  id: 'quarantine-by-reason',
  title: 'Rows to fix by reason',
  question: 'Which problems are the most frequent?',
  view: 'v_quarantine_by_reason',
  filters,
  x: code,
  values: [quarantined],
  horizontal: true,
};

const quarantineByMonth: Stacked<Quarantine> = {
  kind: 'stacked',
  id: 'quarantine-by-month',
  title: 'Rows to fix by month',
  question: 'Are the files getting better?',
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
  question: 'What happened to each file, and why?',
  view: 'v_upload_accounting',
  filters,
  rows: [
    { column: 'received_at', title: 'Received', format: 'moment' },
    { column: 'object_key', title: 'File', format: 'text' },
    state,
    { column: 'reason', title: 'Reason', format: 'text' },
  ],
  values: [
    { column: 'rows_read', title: 'Read', format: 'integer' },
    { column: 'rows_published', title: 'Imported', format: 'integer' },
    { column: 'rows_duplicate', title: 'Duplicate', format: 'integer' },
    { column: 'rows_quarantined', title: 'To fix', format: 'integer' },
  ],
  newest: ['received_at', 'upload_id'],
};

export const dataQuality: Dashboard = {
  id: 'data-quality',
  title: 'Data quality',
  description: 'What happened to every file and every row. Each row is imported, a duplicate or a row to fix.',
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
