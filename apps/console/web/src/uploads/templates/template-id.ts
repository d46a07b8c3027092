/** Ids of templates: what their objects are called. */

/** `Stadtbank Giro`: `stadtbank-giro`; another one of that id gets a number. */
export function buildTemplateId(name: string, taken: ReadonlySet<string>): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 50)
    .replace(/-+$/, '');
  const base = words === '' ? 'template' : words;
  if (!taken.has(base)) return base;
  for (let count = 2; ; count++) if (!taken.has(`${base}-${count}`)) return `${base}-${count}`;
}
