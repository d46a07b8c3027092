/** What browsers are told to hold a page of the console to: the same behind CloudFront and on one machine. */

export interface SecurityOrigins {
  /** Where uploads are sent to and read back from, by presigned requests: `https://<bucket>.s3.<region>.amazonaws.com`. */
  readonly uploadsOrigin: string;
  /** Who signs people in: all origins that discovery, tokens and sign-out are asked of. None on one machine. */
  readonly authorityOrigins: readonly string[];
}

/** The value of `Content-Security-Policy`: nothing but what is named. */
export function contentSecurityPolicy({ uploadsOrigin, authorityOrigins }: SecurityOrigins): string {
  const directives: Readonly<Record<string, readonly string[]>> = {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    // Mantine writes its variables into style elements; styles run nothing.
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

/** All that a page of the console is served with. */
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
