/** The environments of environments.ts, all their stacks, and the `store` stack of each environment. */
import { readEnvironments } from '../environments.ts';
import { namesOf } from '../names.ts';
import { stackNamed, synthesised } from './synthesised.ts';

export const environments = readEnvironments();
export const stacks = synthesised(environments);
export const stores = environments.map((environment) => ({
  environment,
  names: namesOf(environment),
  store: stackNamed(stacks, `${environment.name}-store`),
}));
