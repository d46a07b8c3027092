import { createHash } from 'node:crypto';
import { en, Faker } from '@faker-js/faker';

/**
 * Returns a source of random values that are the same every time for the same subject.
 *
 * Each subject has its own seed, so a change to one sample file does not change the others.
 */
export function chanceOf(subject: string): Faker {
  const seed = createHash('sha256').update(subject).digest().readUInt32BE();
  return new Faker({ locale: en, seed });
}
