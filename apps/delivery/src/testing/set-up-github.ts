/** Sets up the stand-in's repository as docs/delivery.md describes for people on GitHub's pages. */
import { readEnvironments } from '@centflow/infra';
import { neededEnvironments } from '../check-github/needs.ts';
import type { StandInSettings } from './github-stand-in-settings.ts';

export function setUpGitHub(settings: StandInSettings): void {
  settings.pullRequests = 'ruleset';
  settings.codeOwnersErrors = [];
  for (const { name, branches, needsReviewers, variables } of neededEnvironments(readEnvironments())) {
    const environment = settings.addEnvironment(name);
    if (branches !== 'any') environment.branches = [{ name: branches, type: 'branch' }];
    if (needsReviewers) environment.reviewers = ['ada'];
    for (const [variable, value] of Object.entries(variables)) environment.variables.set(variable, value);
  }
}
