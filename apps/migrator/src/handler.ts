import type { Logger } from '@aws-lambda-powertools/logger';
import { type Role, roles } from '@centflow/schema/grants';
import { describeForLog } from '@centflow/schema/log-text';
import { rdsAuthorities } from '@centflow/schema/rds-authorities';
import { rotatePassword, setUpDatabase } from '@centflow/schema/set-up-database';
import { verifiedTls } from '@centflow/schema/tls';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { alone } from './alone.ts';
import type { MigratorConfig } from './config.ts';
import { ensureUser, newPassword, readAdministrator, type SecretStore, type UserSecret, writeUser } from './secrets.ts';

/** What the handler works with. */
export interface MigratorParts {
  readonly config: MigratorConfig;
  readonly secrets: SecretStore;
  readonly logger: Logger;
  /** The folder of the migrations. */
  readonly migrations: string;
}

/** What an invocation may ask for beyond bringing everything up to date. */
const migratorEvent = z.strictObject({
  /** Users to get a new password. */
  rotate: z.array(z.enum(roles)).default([]),
});

/** What an invocation did. Terraform keeps it in its state: nothing secret. */
export interface MigratorAnswer {
  readonly database: string;
  /** The migrations' steps that this invocation applied, such as `0000_initial/1`. */
  readonly applied: readonly string[];
  /** Migrations of a newer release that the database has had. */
  readonly unknown: readonly string[];
  readonly rotated: readonly Role[];
}

/** The database could not be brought up to date. Says why, and nothing secret; done again, it goes on where it stopped. */
export class MigratorError extends Error {
  override readonly name: string;

  constructor(cause: unknown) {
    super(describeForLog(cause));
    // Not the cause itself: Lambda writes all properties of an error to the log, and MySQL's words may quote cells.
    this.name = cause instanceof Error ? cause.name : 'MigratorError';
  }
}

/** Makes the Lambda's handler: secrets, users, migrations, grants, and new passwords where the event asks for them. */
export function createHandler({ config, secrets, logger, migrations }: MigratorParts) {
  return async (event: unknown, context: Context): Promise<MigratorAnswer> => {
    logger.addContext(context);
    try {
      const { rotate } = readEvent(event);
      const answer = await bringUpToDate(rotate);
      logger.info('Database is up to date', { ...answer });
      return answer;
    } catch (cause) {
      const error = new MigratorError(cause);
      logger.error('Database could not be brought up to date', { reason: error.name, detail: error.message });
      throw error;
    }
  };

  async function bringUpToDate(rotate: readonly Role[]): Promise<MigratorAnswer> {
    const { host, port, database } = config;
    const { username, password } = await readAdministrator(secrets, config.administratorSecret);
    const administratorUrl = `mysql://${encodeURIComponent(username)}:${encodeURIComponent(password)}@${host}:${port}`;
    const server = {
      administratorUrl,
      database,
      ssl: verifiedTls(config.authorities ?? rdsAuthorities(config.region)),
    };

    return await alone({ host, port, user: username, password, ssl: server.ssl }, async () => {
      const users = await readUsers();
      const { applied, unknown } = await setUpDatabase({
        ...server,
        passwordOf: (role) => users[role].password,
        requireTls: true,
        migrations,
      });
      // Here each user's password is what its secret says, also where a rotation before this one broke off.
      for (const role of rotate) await changePassword(server, role, users[role]);
      return { database, applied: applied.map(({ tag, step }) => `${tag}/${step}`), unknown, rotated: rotate };
    });
  }

  async function readUsers(): Promise<Record<Role, UserSecret>> {
    const users = roles.map(async (role) => {
      const place = {
        engine: 'mysql' as const,
        host: config.host,
        port: config.port,
        username: role,
        dbname: config.database,
      };
      return [role, await ensureUser(secrets, config.secrets[role], place)] as const;
    });
    return Object.fromEntries(await Promise.all(users)) as Record<Role, UserSecret>;
  }

  /**
   * First the database, where the old password stays good beside the new one, then the secret: so what the secret says can
   * always connect.
   */
  async function changePassword(
    server: Omit<Parameters<typeof rotatePassword>[0], 'role' | 'password'>,
    role: Role,
    user: UserSecret,
  ) {
    const password = newPassword();
    await rotatePassword({ ...server, role, password });
    await writeUser(secrets, config.secrets[role], { ...user, password });
  }
}

/** An event that nobody should send. */
export class EventError extends Error {
  override readonly name = 'EventError';
}

function readEvent(event: unknown): z.infer<typeof migratorEvent> {
  const parsed = migratorEvent.safeParse(event ?? {});
  if (parsed.success) return { rotate: [...new Set(parsed.data.rotate)] };
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new EventError(
    `The event is not understood (${problems.join('; ')}). Send {} or {"rotate": ["${roles.join('", "')}"]}.`,
  );
}
