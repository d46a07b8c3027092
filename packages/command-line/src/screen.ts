/**
 * Prints the output of the commands in a form that is safe for a terminal.
 *
 * Files and the database may contain control characters. Such characters can make a terminal change its title, hide
 * earlier output, or send input as if the user had typed it. All commands print
 * with these functions.
 */

/** Control characters, line separators, and characters that change the direction of text. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Prints text of one or more lines. */
export function print(text: string): void {
  console.log(visibleLines(text));
}

/** Prints text of one or more lines to standard error. */
export function printError(text: string): void {
  console.error(visibleLines(text));
}

/** Prints a value as JSON. Control characters are escaped, which does not change the value. */
export function printJson(value: unknown): void {
  console.log(
    JSON.stringify(value, undefined, 2).replace(CONTROLS, (found) => (found === '\n' ? found : escapeJson(found))),
  );
}

/**
 * Writes a file's content to standard output. On a terminal, control characters are made visible. A redirected output
 * is unchanged.
 */
export function printContent(text: string, out: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> = process.stdout): void {
  out.write(out.isTTY ? visibleLines(text) : text);
}

/** Returns the text as one line, with a visible symbol in place of each control character. */
export function visible(text: string): string {
  return text.replace(CONTROLS, symbolOf);
}

/** Replaces control characters like `visible`, but keeps line breaks. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}

function symbolOf(control: string): string {
  const code = control.charCodeAt(0);
  if (control === '\n') return '␤';
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '␡' : '�';
}

function escapeJson(control: string): string {
  return `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
