import type { Logger } from '@aws-lambda-powertools/logger';
import { rdsAuthorities } from '@centflow/lambda-kit/rds-authorities';
import { verifiedTls } from '@centflow/lambda-kit/tls';
import { comparedViews, rebuiltName } from '@centflow/schema/compare-views';
import { type Role, roles } from '@centflow/schema/grants';
import { describeForLog } from '@centflow/schema/log-text';
import { rotatePassword, setUpDatabase } from '@centflow/schema/set-up-database';
import type { Context } from 'aws-lambda';
import type { ConnectionOptions, SslOptions } from 'mysql2/promise';
import type { MigratorConfig } from './config.ts';
import { isRebuildCheck, type RebuildCheck, readEvent } from './event.ts';
import { withMigratorLock } from './migrator-lock.ts';
import { type ComparedView, compareViews, dropRebuilt, requireAccess } from './rebuild.ts';
import { restoredHost } from './restored-host.ts';
import { ensureUser, newPassword, readAdministrator, type SecretStore, type UserSecret, writeUser } from './secrets.ts';

/** The clients and settings of the handler. */
export interface MigratorParts {
  readonly config: MigratorConfig;
  readonly secrets: SecretStore;
  readonly logger: Logger;
  /** The folder of the migrations. */
  readonly migrations: string;
}

/** The result of an invocation. It contains no secret, because it is stored in Terraform's state. */
export interface MigratorAnswer {
  readonly database: string;
  /** The migration steps that this invocation applied, such as `0000_initial/1`. */
  readonly applied: readonly string[];
  /** Migrations that a newer release has applied to the database. */
  readonly unknown: readonly string[];
  readonly rotated: readonly Role[];
}

/** The result of an invocation that checks a restored instance. */
export interface RebuildAnswer {
  readonly database: string;
  /** The name of the second database, which is rebuilt from the bucket. */
  readonly rebuilt: string;
  /** The views to compare. After `create`, only their names are set. */
  readonly views: readonly (Pick<ComparedView, 'view'> | ComparedView)[];
}

/**
 * Thrown if the database could not be updated or checked. The message contains the reason and no secret. The next
 * invocation continues the work.
 */
export class MigratorError extends Error {
  override readonly name: string;

  constructor(cause: unknown) {
    super(describeForLog(cause));
    // The error has no `cause`: Lambda logs all properties of an error, and MySQL's messages may quote cells.
    this.name = cause instanceof Error ? cause.name : 'MigratorError';
  }
}

/** The address of a MySQL server and the credentials of its administrator. */
interface Server {
  readonly administratorUrl: string;
  readonly ssl: SslOptions;
  readonly administrator: ConnectionOptions;
}

/**
 * Creates the Lambda's handler.
 *
 * For a maintenance event, the handler updates secrets, users, migrations and grants, and rotates the requested
 * passwords.
 * For other events, it checks a restored instance.
 */
export function createHandler({ config, secrets, logger, migrations }: MigratorParts) {
  return async (event: unknown, context: Context): Promise<MigratorAnswer | RebuildAnswer> => {
    logger.addContext(context);
    try {
      const request = readEvent(event);
      if (isRebuildCheck(request)) {
        const answer = await checkRebuild(request);
        logger.info(request.rebuild === 'create' ? 'Second database was created' : 'Views were compared', {
          ...answer,
        });
        return answer;
      }
      const answer = await bringUpToDate(request.rotate);
      logger.info('Database is up to date', { ...answer });
      return answer;
    } catch (cause) {
      const error = new MigratorError(cause);
      const what = isRebuildCheck(event)
        ? 'Restored database could not be checked'
        : 'Database could not be brought up to date';
      logger.error(what, { reason: error.name, detail: error.message });
      throw error;
    }
  };

  async function bringUpToDate(rotate: readonly Role[]): Promise<MigratorAnswer> {
    const { database } = config;
    const server = await serverOn(config.host);
    return await withMigratorLock(server.administrator, async () => {
      const users = await readUsers();
      const { applied, unknown } = await setUp(server, database, users);
      // Each user's password now matches the secret, even if an earlier rotation was interrupted.
      for (const role of rotate) await changePassword({ ...server, database }, role, users[role]);
      return { database, applied: applied.map(({ tag, step }) => `${tag}/${step}`), unknown, rotated: rotate };
    });
  }

  async function checkRebuild({ host, rebuild, views }: RebuildCheck): Promise<RebuildAnswer> {
    const { database } = config;
    const rebuilt = rebuiltName(database);
    const server = await serverOn(restoredHost(host, config.host));
    await requireAccess(server.administrator);
    if (rebuild === 'compare') {
      return { database, rebuilt, views: await compareViews(server.administrator, database, views) };
    }
    return await withMigratorLock(server.administrator, async () => {
      // The secrets still contain the environment's own host, because clients continue to read from that database.
      const users = await readUsers();
      await setUp(server, database, users);
      await dropRebuilt(server.administrator, database);
      await setUp(server, rebuilt, users);
      return { database, rebuilt, views: comparedViews.map((view) => ({ view })) };
    });
  }

  async function serverOn(host: string): Promise<Server> {
    const { port } = config;
    const { username, password } = await readAdministrator(secrets, config.administratorSecret);
    const ssl = verifiedTls(config.authorities ?? rdsAuthorities(config.region));
    return {
      administratorUrl: `mysql://${encodeURIComponent(username)}:${encodeURIComponent(password)}@${host}:${port}`,
      ssl,
      administrator: { host, port, user: username, password, ssl },
    };
  }

  function setUp({ administratorUrl, ssl }: Server, database: string, users: Record<Role, UserSecret>) {
    return setUpDatabase({
      administratorUrl,
      ssl,
      database,
      passwordOf: (role) => users[role].password,
      requireTls: true,
      migrations,
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
   * Changes the password in the database, where the old password stays valid, and then in the secret. The password in
   * the
   * secret therefore always works.
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
