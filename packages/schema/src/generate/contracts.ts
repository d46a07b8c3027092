import { renderContract } from '../contract/contract.ts';
import type { Feed } from '../define-feed.ts';
import type { Summary } from '../define-summary.ts';
import { type GeneratedFile, textFile } from './generated-file.ts';

/** The folder of the Python package in which the contracts are committed. */
export const contractsFolder = 'glue/centflow_glue/contracts';

/** Renders every feed's contract, which the PySpark job reads. */
export function renderContracts(feeds: readonly Feed[], summaries: readonly Summary[]): GeneratedFile[] {
  return feeds.map((feed) => textFile(`${contractsFolder}/${feed.name}.json`, renderContract(feed, summaries)));
}
