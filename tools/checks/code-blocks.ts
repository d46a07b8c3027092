/** Reads the code blocks of Markdown pages, with the settings in the comment before each block. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A fenced code block. */
export interface CodeBlock {
  readonly language: string;
  readonly text: string;
  /**
   * The comment before the block:
   * - `<!-- skip: reason -->`: the block contains commands that the test does not run.
   * - `<!-- file: path -->`: the block is the content of a file.
   * - ``<!-- insert: path before `text` -->``: the block goes before the file's line that begins with `text`.
   */
  readonly mark?: { readonly kind: string; readonly value: string };
}

/** Returns the code blocks of a page. Indented blocks of lists lose their indentation. */
export function readCodeBlocks(folder: string, page: string): CodeBlock[] {
  const text = readFileSync(join(folder, page), 'utf8');
  const pattern = /(?:^ *<!-- (skip|file|insert): (.+?) -->\n\n)?^( *)```(\w+)\n(.*?)^\3```$/gms;
  return [...text.matchAll(pattern)].map(([, kind, value = '', indent = '', language = '', body = '']) => ({
    language,
    text: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    ...(kind === undefined ? {} : { mark: { kind, value } }),
  }));
}

/** Returns the commands of a shell block, without comments and with continued lines joined. */
export function readCommands(text: string): string[] {
  return text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** Returns the `npm` commands that a page names in its running text. */
export function readInlineCommands(folder: string, page: string): string[] {
  const text = readFileSync(join(folder, page), 'utf8').replaceAll(/^( *)```.*?^\1```$/gms, '');
  return [...text.matchAll(/`(npm (?:start|test|run) [^`]+|npm (?:start|test))`/g)].map(([, command = '']) => command);
}

/** A command of package.json, with the options that a page gives it. */
export interface NpmCommand {
  /** The command without options, such as `npm run deliver -- release`. */
  readonly command: string;
  readonly options: readonly string[];
}

/**
 * Parses an `npm` command of a page. `sudo` or variables may precede the command. Returns undefined for other commands.
 *
 * A placeholder such as `<command>` ends the command, because the help of the command before it covers the placeholder.
 */
export function parseNpmCommand(line: string): NpmCommand | undefined {
  const [, command, rest = ''] =
    /^(?:sudo |\w+=\S+ )*(npm (?:start|test|run [\w:]+))(?: --(?= |$)(.*))?$/.exec(line) ?? [];
  if (command === undefined) return undefined;
  // The rest is the command line of another program.
  if (command === 'npm run exec') return { command, options: [] };
  // Quoted text may contain options of another command.
  const words = rest
    .replaceAll(/"[^"]*"/g, '…')
    .split(' ')
    .filter((word) => word !== '');
  const end = words.findIndex((word) => /^(?:-|<)/.test(word));
  // Only a word that is not a file names a command of the program.
  const names = words.slice(0, end === -1 ? undefined : end).filter((word) => /^[\w-]+$/.test(word));
  const options = words.filter((word) => /^--[a-z]/.test(word)).map((word) => word.replace(/=.*/, ''));
  return { command: [command, ...(names.length === 0 ? [] : ['--', names[0] ?? ''])].join(' '), options };
}
