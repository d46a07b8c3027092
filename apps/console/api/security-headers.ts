/** Security headers for the console's pages, identical behind CloudFront and on the local server. */

export interface SecurityOrigins {
  /** The origin of presigned uploads and downloads: `https://<bucket>.s3.<region>.amazonaws.com`. */
  readonly uploadsOrigin: string;
  /** All origins of the sign-in provider: discovery, tokens and sign-out. Empty on the local server. */
  readonly authorityOrigins: readonly string[];
}

/** Returns the value of `Content-Security-Policy`, which allows only the listed sources. */
export function contentSecurityPolicy({ uploadsOrigin, authorityOrigins }: SecurityOrigins): string {
  const directives: Readonly<Record<string, readonly string[]>> = {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    // Inline styles are allowed, because Mantine writes its variables into style elements. Styles cannot run code.
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:', 'blob:'],
    'font-src': ["'self'"],
    'connect-src': ["'self'", uploadsOrigin, ...authorityOrigins],
    'worker-src': ["'self'"],
    'manifest-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
  };
  return Object.entries(directives)
    .map(([name, sources]) => [name, ...sources].join(' '))
    .join('; ');
}

/** Returns the headers for every page of the console. */
export function securityHeaders(origins: SecurityOrigins): Readonly<Record<string, string>> {
  return {
    'content-security-policy': contentSecurityPolicy(origins),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=()',
  };
}
