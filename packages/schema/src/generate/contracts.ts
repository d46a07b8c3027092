import { renderContract } from '../contract/contract.ts';
import type { Feed } from '../define-feed.ts';
import type { Summary } from '../define-summary.ts';
import { type Artefact, textArtefact } from './artefact.ts';

/** The folder of the Python package that the contracts are committed in. */
export const contractsFolder = 'glue/centflow_glue/contracts';

/** Every feed's contract, for the PySpark job. */
export function renderContracts(feeds: readonly Feed[], summaries: readonly Summary[]): Artefact[] {
  return feeds.map((feed) => textArtefact(`${contractsFolder}/${feed.name}.json`, renderContract(feed, summaries)));
}
