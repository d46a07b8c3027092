/** The configuration for planning a stack without an account, a network or a state. */

import type { Synthesised } from './working-directory.ts';

/** Provider settings with dummy credentials, which the provider does not validate. */
const offlineProvider = {
  access_key: 'offline',
  secret_key: 'offline',
  skip_credentials_validation: true,
  skip_requesting_account_id: true,
  skip_metadata_api_check: 'true',
  // Without an account, the provider cannot query the account id.
  allowed_account_ids: [],
} as const;

/**
 * Returns the override for offline plans. With it, no provider calls AWS in any region, and the state is a file that
 * does not exist.
 */
export function offlineOverride({ provider }: Synthesised) {
  return {
    terraform: { backend: { local: { path: 'offline.tfstate' } } },
    provider: {
      aws: provider.aws.map(({ alias }) => ({ ...offlineProvider, ...(alias === undefined ? {} : { alias }) })),
    },
  };
}

/** Environment variables that disable AWS: the user's profile or role must not be used. */
export const offlineEnvironment: NodeJS.ProcessEnv = {
  AWS_PROFILE: undefined,
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_SESSION_TOKEN: undefined,
  AWS_EC2_METADATA_DISABLED: 'true',
};
