import { createHash } from 'node:crypto';
import { en, Faker } from '@faker-js/faker';

/**
 * Chance that falls out the same each time for the same subject.
 *
 * Each subject has a seed of its own, so that a change to one file of the samples leaves the others as they are.
 */
export function chanceOf(subject: string): Faker {
  const seed = createHash('sha256').update(subject).digest().readUInt32BE();
  return new Faker({ locale: en, seed });
}
