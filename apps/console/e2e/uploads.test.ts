/** Tests uploading, fixing and undoing in a browser, against the whole local stack. */
import { describe } from 'vitest';
import { describeOnOneStack } from './on-one-stack.ts';
import { fixingStory } from './uploads/fixing.story.ts';
import { largeFileStory } from './uploads/large-file.story.ts';
import { looksStory } from './uploads/looks.story.ts';
import { manyFilesStory } from './uploads/many-files.story.ts';
import { payloadsStory } from './uploads/payloads.story.ts';
import { unknownBankStory } from './uploads/unknown-bank.story.ts';

describeOnOneStack('uploads', (setting) => {
  describe('appearance of the pages', () => looksStory(setting));
  describe('export of an unknown bank', () => unknownBankStory(setting));
  describe('many files', () => manyFilesStory(setting));
  describe('fixing and undoing', () => fixingStory(setting));
  describe('markup in files', () => payloadsStory(setting));
  describe('large file', () => largeFileStory(setting));
});
