/** What would run beside Terraform's own work. */
import type { Judge, Review, Violation } from './judge.ts';

/** A provisioner runs a command with the rights of the deployment. A module hides what its values are made of. */
export const commands: Judge = ({ address }, { configuration }) => {
  const violation = (what: string): Violation => ({ rule: 'widens-iam', address, what });
  if (address.startsWith('module.')) return [violation('is of a module, whose text the plan policy does not read')];
  const provisioners = configuration.get(address.replace(/\[.*\]$/, ''))?.provisioners ?? [];
  return provisioners.length > 0
    ? [violation('has a provisioner, which runs a command with the rights to deploy')]
    : [];
};

/** A data source reads at the apply what nobody has reviewed, and some of them run commands. The stacks have none. */
export function dataSources({ configuration }: Review): Violation[] {
  return [...configuration.values()]
    .filter(({ mode }) => mode === 'data')
    .map(({ address }) => ({ rule: 'unknown-type', address, what: 'is a data source, which the stacks do not have' }));
}
