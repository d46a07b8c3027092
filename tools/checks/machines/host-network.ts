/**
 * Copies this machine's network settings into a root: name servers, proxies, package registries, and certificate authorities that
 * only this machine trusts.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

const FILES = ['/etc/resolv.conf', '/etc/hosts', '/etc/ssl/certs/ca-certificates.crt', '/etc/pip.conf', '/etc/npmrc'];

const VARIABLES = [
  /^(all|ftp|http|https|no)_proxy$/i,
  /^(CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS|REQUESTS_CA_BUNDLE|SSL_CERT_FILE)$/,
  /^PIP_(CERT|DEFAULT_TIMEOUT|EXTRA_INDEX_URL|INDEX_URL|TRUSTED_HOST)$/,
  /^UV_(DEFAULT_INDEX|INDEX|INDEX_URL)$/,
  /^npm_config_(cafile|https?_proxy|proxy|registry)$/i,
];

/** Returns the environment variables that configure network access. */
export function networkVariables(environment: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const named = Object.entries(environment).filter(([name]) => VARIABLES.some((pattern) => pattern.test(name)));
  return Object.fromEntries(named.flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

/** Copies the network settings into a root: the listed files, and the files that the environment variables name. */
export function copyNetworkSettings(root: string): void {
  const named = Object.values(networkVariables()).filter((value) => isAbsolute(value));
  for (const file of new Set([...FILES, ...named])) {
    if (!existsSync(file) || !statSync(file).isFile()) continue;
    const copy = join(root, file);
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(file, copy);
  }
  writeFileSync(join(root, 'etc', 'apt', 'apt.conf.d', '90host'), aptSettings());
}

/** Returns this machine's apt settings for downloads: proxies, address family, checks of a mirror. */
function aptSettings(): string {
  const settings = execFileSync('apt-config', ['dump', '--no-empty', 'Acquire'], { encoding: 'utf8' });
  return settings
    .split('\n')
    .filter((line) => /^Acquire::(https?::|Check-|ForceIPv|Retries)/i.test(line))
    .map((line) => `${line}\n`)
    .join('');
}
