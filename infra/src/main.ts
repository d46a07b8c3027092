/** `node src/main.ts [folder]` synthesises every environment into a folder. Default: cdktf.out. */
import { readEnvironments } from './environments.ts';
import { outputFolder, synthesise } from './synthesise.ts';

const [folder = outputFolder] = process.argv.slice(2);
synthesise(readEnvironments(), folder);
console.log(`${folder} after ${process.uptime().toFixed(1)} s`);
