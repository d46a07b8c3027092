import {
  type GetSecretValueCommand,
  type GetSecretValueCommandOutput,
  PutSecretValueCommand,
  type PutSecretValueCommandOutput,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
import type { SecretStore } from '../src/secrets.ts';

/** A Secrets Manager in memory. It replaces the SDK's client. */
export class MemorySecrets implements SecretStore {
  readonly values = new Map<string, string>();
  /** Every value that was written, in order. */
  readonly written: string[] = [];
  /** The id of the secret whose next write fails. */
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
        throw new Error('Secrets Manager is unavailable');
      }
      this.values.set(id, String(command.input.SecretString));
      this.written.push(String(command.input.SecretString));
      return { $metadata: {} };
    }
    const value = this.values.get(id);
    if (value === undefined) throw new ResourceNotFoundException({ message: 'AWSCURRENT', $metadata: {} });
    return { SecretString: value, $metadata: {} };
  }

  /** Returns the parsed secret of a database user. */
  user(id: string): { host: string; port: number; username: string; password: string; dbname: string } {
    return JSON.parse(this.values.get(id) ?? '{}');
  }
}
