import {
  type GetSecretValueCommand,
  type GetSecretValueCommandOutput,
  PutSecretValueCommand,
  type PutSecretValueCommandOutput,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
import type { SecretStore } from '../src/secrets.ts';

/** Secrets Manager in memory, at the seam where the SDK's client is called. */
export class MemorySecrets implements SecretStore {
  readonly values = new Map<string, string>();
  /** Every value that was ever written. */
  readonly written: string[] = [];
  /** The next write of this secret fails. */
  failsToWrite: string | undefined;

  send(command: GetSecretValueCommand): Promise<GetSecretValueCommandOutput>;
  send(command: PutSecretValueCommand): Promise<PutSecretValueCommandOutput>;
  async send(
    command: GetSecretValueCommand | PutSecretValueCommand,
  ): Promise<GetSecretValueCommandOutput | PutSecretValueCommandOutput> {
    const id = String(command.input.SecretId);
    if (command instanceof PutSecretValueCommand) {
      if (this.failsToWrite === id) {
        this.failsToWrite = undefined;
        throw new Error('Secrets Manager is away');
      }
      this.values.set(id, String(command.input.SecretString));
      this.written.push(String(command.input.SecretString));
      return { $metadata: {} };
    }
    const value = this.values.get(id);
    if (value === undefined) throw new ResourceNotFoundException({ message: 'AWSCURRENT', $metadata: {} });
    return { SecretString: value, $metadata: {} };
  }

  /** What a secret says of its user. */
  user(id: string): { host: string; port: number; username: string; password: string; dbname: string } {
    return JSON.parse(this.values.get(id) ?? '{}');
  }
}
