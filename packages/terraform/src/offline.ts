/** What a stack is planned with where there is no account, no network and no state. */

import type { Synthesised } from './working-directory.ts';

/** The provider believes its credentials. */
const unasked = {
  access_key: 'offline',
  secret_key: 'offline',
  skip_credentials_validation: true,
  skip_requesting_account_id: true,
  skip_metadata_api_check: 'true',
  // Whose account it is cannot be asked.
  allowed_account_ids: [],
} as const;

/** The provider, in each region where the stack has it, asks nobody; and the state is a file that does not exist. */
export function offlineOverride({ provider }: Synthesised) {
  return {
    terraform: { backend: { local: { path: 'offline.tfstate' } } },
    provider: { aws: provider.aws.map(({ alias }) => ({ ...unasked, ...(alias === undefined ? {} : { alias }) })) },
  };
}

/** No AWS: neither a profile nor a role of whoever runs this may be used. */
export const offlineEnvironment: NodeJS.ProcessEnv = {
  AWS_PROFILE: undefined,
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_SESSION_TOKEN: undefined,
  AWS_EC2_METADATA_DISABLED: 'true',
};
