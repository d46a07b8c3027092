/** What a person does with files, in a browser against the whole local stack. */
import { describe } from 'vitest';
import { describeOnOneStack } from './on-one-stack.ts';
import { largeFileStory } from './uploads/large-file.story.ts';
import { looksStory } from './uploads/looks.story.ts';
import { manyFilesStory } from './uploads/many-files.story.ts';
import { mendingStory } from './uploads/mending.story.ts';
import { payloadsStory } from './uploads/payloads.story.ts';
import { unknownBankStory } from './uploads/unknown-bank.story.ts';

describeOnOneStack('uploads', (setting) => {
  describe('how they look', () => looksStory(setting));
  describe('the export of an unknown bank', () => unknownBankStory(setting));
  describe('many files', () => manyFilesStory(setting));
  describe('mending and undoing', () => mendingStory(setting));
  describe('payloads', () => payloadsStory(setting));
  describe('a large file', () => largeFileStory(setting));
});
