/** `npm run deliver -- <command>`: what the workflows call, and people where a workflow cannot help. */
import { Command } from 'commander';

/** @param build makes what is deployed */
export function deliver(_build: () => Promise<void>): Command {
  return new Command('npm run deliver --');
}
