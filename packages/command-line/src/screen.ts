/**
 * What the commands print: files and the database may hold control characters, with which a terminal changes its title,
 * hides what was printed or answers as if somebody had typed. All output of the commands goes through here.
 */

/** Control characters, separators of lines, and what changes the direction of text. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Prints text of one or more lines. */
export function print(text: string): void {
  console.log(visibleLines(text));
}

/** Prints text of one or more lines to standard error. */
export function printError(text: string): void {
  console.error(visibleLines(text));
}

/** Prints JSON for a program or a person: the same value, without any control character. */
export function printJson(value: unknown): void {
  console.log(
    JSON.stringify(value, undefined, 2).replace(CONTROLS, (found) => (found === '\n' ? found : escapeJson(found))),
  );
}

/** Writes a file's content: as it is into a file or a program, visible on a terminal. */
export function printContent(text: string, out: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> = process.stdout): void {
  out.write(out.isTTY ? visibleLines(text) : text);
}

/** The text of one line, with a picture in place of each control character. */
export function visible(text: string): string {
  return text.replace(CONTROLS, picture);
}

/** Keeps the ends of lines. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}

function picture(control: string): string {
  const code = control.charCodeAt(0);
  if (control === '\n') return '␤';
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '␡' : '�';
}

function escapeJson(control: string): string {
  return `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
