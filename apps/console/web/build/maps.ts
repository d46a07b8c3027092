/** Builds the data of the maps from npm packages: `virtual:countries` and `virtual:cities`. */
import type { Plugin } from 'vite';
import { listCities } from './cities.ts';
import { buildCountries } from './countries.ts';

const modules: Readonly<Record<string, () => unknown>> = {
  'virtual:countries': buildCountries,
  'virtual:cities': listCities,
};

export function createMapsPlugin(): Plugin {
  return {
    name: 'centflow-maps',
    resolveId: (id) => (id in modules ? `\0${id}` : undefined),
    load(id) {
      const make = modules[id.slice(1)];
      // A browser parses one long JSON string faster than the same data as JavaScript.
      return make && id.startsWith('\0')
        ? `export default JSON.parse(${JSON.stringify(JSON.stringify(make()))});`
        : undefined;
    },
  };
}
