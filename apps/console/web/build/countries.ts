import { createRequire } from 'node:module';
import { iso31661NumericToAlpha2 } from 'iso-3166';
import { feature } from 'topojson-client';

type Atlas = Parameters<typeof feature>[0];
type Position = readonly number[];
type Geometry =
  | { readonly type: 'Polygon'; readonly coordinates: readonly (readonly Position[])[] }
  | { readonly type: 'MultiPolygon'; readonly coordinates: readonly (readonly (readonly Position[])[])[] };
interface Country {
  readonly type: 'Feature';
  readonly id?: string;
  readonly properties: { readonly name: string };
  readonly geometry: Geometry;
}
interface World {
  readonly type: 'FeatureCollection';
  readonly features: readonly Country[];
}

const require = createRequire(import.meta.url);

/** Natural Earth has no ISO number for Kosovo. CSV files use this code. */
const withoutNumber: Readonly<Record<string, string>> = { Kosovo: 'XK' };

/** Antarctica is omitted, because it would fill a fifth of the map and nobody spends money there. */
const LEFT_OUT = 'AQ';

/**
 * Returns the world as GeoJSON whose names are ISO 3166-1 alpha-2 codes. Small countries that are missing from the
 * coarse map, such as Malta and Singapore, come from a more detailed map.
 */
export function buildCountries(): World {
  const coarse = readAtlas('world-atlas/countries-110m.json', 1);
  const known = new Set(coarse.map(({ properties }) => properties.name));
  const small = readAtlas('world-atlas/countries-50m.json', 2).filter(({ properties }) => !known.has(properties.name));
  return { type: 'FeatureCollection', features: [...coarse, ...small] };
}

function readAtlas(atlas: string, decimals: number): Country[] {
  const topology = require(atlas) as Atlas;
  const world = feature(topology, topology.objects.countries ?? { type: null }) as unknown as World;
  return world.features
    .map((country) => ({
      type: country.type,
      properties: { name: parseErrorCode(country) },
      geometry: roundGeometry(country.geometry, decimals),
    }))
    .filter(({ properties }) => properties.name !== LEFT_OUT);
}

/** Returns the ISO code of a country, or the name of a territory that has no code. */
function parseErrorCode({ id, properties: { name } }: Country): string {
  return iso31661NumericToAlpha2[String(id).padStart(3, '0')] ?? withoutNumber[name] ?? name;
}

function roundGeometry(geometry: Geometry, decimals: number): Geometry {
  const ring = (positions: readonly Position[]) =>
    unwrapLongitudes(positions).map((position) => position.map((part) => Number(part.toFixed(decimals))));
  return geometry.type === 'Polygon'
    ? { type: 'Polygon', coordinates: geometry.coordinates.map(ring) }
    : { type: 'MultiPolygon', coordinates: geometry.coordinates.map((polygon) => polygon.map(ring)) };
}

/**
 * Continues outlines beyond the 180th meridian. Otherwise Russia and Fiji, which cross the meridian, would stretch
 * across the map.
 */
function unwrapLongitudes(positions: readonly Position[]): readonly Position[] {
  let turn = 0;
  let before = positions[0]?.[0] ?? 0;
  return positions.map(([longitude = 0, latitude = 0]) => {
    if (longitude - before > 180) turn -= 360;
    if (longitude - before < -180) turn += 360;
    before = longitude;
    return [longitude + turn, latitude];
  });
}
