/** `node src/main.ts`: synthesises every environment into cdktf.out. */
import { readEnvironments } from './environments.ts';
import { outputFolder, synthesise } from './synthesise.ts';

synthesise(readEnvironments());
console.log(`${outputFolder} after ${process.uptime().toFixed(1)} s`);
