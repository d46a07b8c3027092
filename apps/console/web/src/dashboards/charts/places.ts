/**
 * Finds the position of a city by a name that people write. The list contains the cities with more than 50,000 people.
 */
import cities from 'virtual:cities';
import type { Cell } from '../figures.ts';
import type { Position } from './bounds.ts';

/** Alternative names of cities. GeoNames lists some cities in English and other cities in their own language. */
const alsoCalled: Readonly<Record<string, string>> = {
  'at wien': 'vienna',
  'be antwerpen': 'antwerp',
  'be bruxelles': 'brussels',
  'be brugge': 'bruges',
  'be gent': 'ghent',
  'ch geneve': 'geneve',
  'ch geneva': 'geneve',
  'ch genf': 'geneve',
  'ch zurich': 'zurich',
  'cz praha': 'prague',
  'de cologne': 'koln',
  'de hannover': 'hanover',
  'de munchen': 'munich',
  'de nurnberg': 'nuremberg',
  'dk kobenhavn': 'copenhagen',
  'es sevilla': 'sevilla',
  'es seville': 'sevilla',
  'gr athina': 'athens',
  'in bangalore': 'bengaluru',
  'it firenze': 'florence',
  'it genova': 'genoa',
  'it milano': 'milan',
  'it napoli': 'naples',
  'it padova': 'padova',
  'it roma': 'rome',
  'it torino': 'turin',
  'it venezia': 'venice',
  'nl den haag': 'the hague',
  "nl 's-gravenhage": 'the hague',
  'pl warszawa': 'warsaw',
  'pl cracow': 'krakow',
  'pt lisboa': 'lisbon',
  'ro bucuresti': 'bucharest',
  'ru moskva': 'moscow',
  'se goteborg': 'goteborg',
  'se gothenburg': 'goteborg',
  'ua kiev': 'kyiv',
  'us new york': 'new york city',
  'us washington dc': 'washington',
  'us washington, d.c.': 'washington',
};

const byCountry = new Map<string, ReadonlyMap<string, Position>>();

/** Returns the position of a city, or undefined if the city is not in the list. */
export function findPosition(country: Cell, city: Cell): Position | undefined {
  if (country === null || city === null) return undefined;
  const places = listPlaces(String(country));
  const name = foldName(String(city));
  return places.get(name) ?? places.get(alsoCalled[`${String(country).toLowerCase()} ${name}`] ?? '');
}

function listPlaces(country: string): ReadonlyMap<string, Position> {
  let places = byCountry.get(country);
  if (!places) {
    const named = (cities[country] ?? []).map((line): readonly [string, Position] => {
      const [name = '', longitude, latitude] = line.split('|');
      return [foldName(name), [Number(longitude), Number(latitude)]];
    });
    // The list starts with the largest city. After reversing the list, the largest of several cities with the same name
    // wins.
    places = new Map(named.reverse());
    byCountry.set(country, places);
  }
  return places;
}

/** Removes accents and case: `São Paulo` equals `sao paulo`. */
function foldName(name: string): string {
  return name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
}
