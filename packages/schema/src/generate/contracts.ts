import { renderContract } from '../contract/contract.ts';
import type { Feed } from '../define-feed.ts';
import type { Summary } from '../define-summary.ts';
import { type GeneratedFile, textFile } from './generated-file.ts';

/** The folder in the Python package that contains the committed contracts. */
export const contractsFolder = 'glue/centflow_glue/contracts';

/** Renders the contract of every feed, which the PySpark job reads. */
export function renderContracts(feeds: readonly Feed[], summaries: readonly Summary[]): GeneratedFile[] {
  return feeds.map((feed) => textFile(`${contractsFolder}/${feed.name}.json`, renderContract(feed, summaries)));
}
