/** The words of this project. Code, documents and messages use them and no synonyms. `docs/data-model.md` lists them. */
export const glossary: Readonly<Record<string, string>> = {
  statement: 'A file as a bank exports it.',
  mapping:
    "How a statement's columns become a feed's columns. A template is a mapping that is saved for an account at a bank.",
  feed: 'One kind of strict CSV: `incomes`, `expenses` or `budgets`. Its table and its contract have the same name.',
  'object key': 'The S3 key of an uploaded file, such as `raw/expenses/owner=ada/march.csv`.',
  owner:
    'The person whose money it is. The folder `owner=<name>` in the object key names the owner. Without such a folder, the owner is `default`.',
  upload: 'One version of one object under `raw/`. It is a row of `uploads`.',
  'upload state':
    '`loading`: the job stores the rows, and nobody sees them. `published`: the views show the rows. `superseded`: a newer version of the object replaced the upload. `retired`: the object was deleted. `rejected`: the file as a whole is not acceptable, and a reason says why. `failed`: an error interrupted the job, and a later job run tries again.',
  'job run': 'One run of the Glue job. Its `JobRunId` is in `uploads.job_run_id`.',
  manifest: 'The S3 object that lists the object keys which a job run reconciles.',
  contract: 'The JSON form of a feed that the job reads, a Frictionless Table Schema.',
  'quarantined row': 'A row that broke its contract. The job stores its row number, column, code, message and text.',
  'row number':
    'The number of a row as a spreadsheet shows it. The header is row 1, and a quoted newline does not count.',
  'natural key': "The columns that identify a row without a bank's transaction id.",
  fingerprint: "A digest of a row's transaction id, or of its natural key if it has no transaction id.",
  'occurrence number':
    'The number of identical rows before this row in the same file. Fingerprint and occurrence number together identify a row.',
  'shadowed row': 'A good row that is hidden because another published upload of the same owner shows it.',
  summary: "An upload's rows, added up by some columns. Views read summaries instead of rows.",
  view: 'A named SQL query that answers one question. Reports and the console read views, never tables.',
  decision: 'Planned: what a person decided, such as an edit, a rule, a budget or an opening balance.',
  transfer: 'Planned: money moved between two accounts of one owner. It is neither income nor expense.',
  environment: '`dev`, `staging`, `production` or `local`.',
  'stack, construct':
    'As in CDKTF: a stack is one stage of the flow, and a construct is something that is created more than once.',
};
