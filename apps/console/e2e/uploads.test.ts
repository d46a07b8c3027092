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
  describe('the appearance of the upload pages', () => looksStory(setting));
  describe('an upload of an unknown bank’s export', () => unknownBankStory(setting));
  describe('an upload of many files', () => manyFilesStory(setting));
  describe('the correction and undo of an upload', () => fixingStory(setting));
  describe('an upload with HTML markup in the file', () => payloadsStory(setting));
  describe('an upload of a large file', () => largeFileStory(setting));
});
