/** Starts a MySQL server, an AWS emulator and the local server, and creates the data of two owners. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { PutObjectCommand, type PutObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { quarantinedRows, uploads } from '@centflow/schema/bookkeeping';
import { expenses, incomes } from '@centflow/schema/feeds';
import { enterUpload, type TestRow } from '@centflow/schema/testing/books';
import { eq } from 'drizzle-orm';
import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2';
import { SignJWT } from 'jose';
import { createConnection } from 'mysql2/promise';
import { configOf, type RunningStack, startStack } from '../../e2e/stack.ts';
import { s3Client } from '../clients.ts';
import type { SignIn } from '../contract/session.ts';
import { awsOf, type LocalConfig } from '../local/config.ts';
import { type LocalServer, startServer } from '../local/server.ts';
import { readKey } from '../local/tokens.ts';

export interface World extends AsyncDisposable {
  readonly url: string;
  readonly config: LocalConfig;
  readonly stack: RunningStack;
  readonly s3: S3Client;
  readonly tables: MySql2Database;
  /** Returns a token with the usual claims and the given ones. The value undefined removes a claim. */
  token(claims: Readonly<Record<string, unknown>>, key?: Uint8Array): Promise<string>;
  /** Returns a token of an owner who is not an operator. */
  tokenOf(owner: string): Promise<string>;
}

const usual = () => ({
  sub: 'test',
  iss: 'https://console.centflow.local',
  aud: 'centflow-local-console',
  token_use: 'id',
  exp: Math.floor(Date.now() / 1000) + 600,
});

export async function startWorld(webFolder?: string, signIn?: SignIn): Promise<World> {
  const stack = await startStack('mysql,s3');
  const config = configOf(stack, webFolder);
  const server: LocalServer = await startServer(config, signIn);
  const {
    databaseHost: host,
    databasePort: port,
    databaseName: database,
    adminUser,
    adminPassword,
  } = stack.description;
  const connection = await createConnection({ host, port, database, user: adminUser, password: adminPassword });
  const s3 = s3Client({ ...awsOf(config), forcePathStyle: true });
  const key = readKey(config.DATA_FOLDER);
  const token: World['token'] = (claims, by = key) => {
    const given = Object.entries({ ...usual(), ...claims }).filter(([, value]) => value !== undefined);
    return new SignJWT(Object.fromEntries(given)).setProtectedHeader({ alg: 'HS256' }).sign(by);
  };
  return {
    ...{ url: server.url, config, stack, s3, token },
    tables: drizzle(connection),
    tokenOf: (owner) => token({ 'custom:owner': owner }),
    async [Symbol.asyncDispose]() {
      s3.destroy();
      await connection.end();
      await server.close();
      await stack[Symbol.asyncDispose]();
    },
  };
}

export const auditFileOf = ({ config }: World) => join(config.DATA_FOLDER, 'audit.log');

/** Puts a CSV file directly into S3, bypassing the console. */
export async function put(world: World, objectKey: string, text: string): Promise<string> {
  const answer: PutObjectCommandOutput = await world.s3.send(
    new PutObjectCommand({ Bucket: world.config.UPLOADS_BUCKET, Key: objectKey, Body: text, ContentType: 'text/csv' }),
  );
  return answer.VersionId ?? 'null';
}

/** The data of one owner. */
export interface Belongings {
  readonly owner: string;
  readonly objectKey: string;
  readonly versionId: string;
  /** The id of a published upload with a quarantined row. */
  readonly uploadId: number;
  /** Text that every row of this owner contains, and no other row. */
  readonly secret: string;
}

/** Creates an object, its upload, two payments and a quarantined row for an owner. */
export async function endow(world: World, owner: string): Promise<Belongings> {
  const secret = `secret-of-${owner}-${randomUUID().slice(0, 8)}`;
  const payment: TestRow<typeof expenses> = {
    date: '2025-03-02',
    merchant: secret,
    category: `Category ${secret}`,
    account: `Account ${secret}`,
    amount: '12.3400',
    currency: 'EUR',
    description: '',
    country: 'AT',
    city: `City ${secret}`,
  };
  const salary: TestRow<typeof incomes> = {
    date: '2025-03-01',
    source: secret,
    category: 'Salary',
    account: `Account ${secret}`,
    amount: '1000.0000',
    currency: 'EUR',
    description: '',
  };
  const uploadId = await enterUpload(world, expenses, 'expenses', { owner }, [payment]);
  await enterUpload(world, incomes, 'incomes', { owner }, [salary]);
  const objectKey = `raw/expenses/owner=${owner}/bank.csv`;
  const versionId = await put(world, objectKey, `date,merchant\n2025-03-02,${secret}\n`);
  await world.tables
    .update(uploads)
    .set({
      objectKey,
      versionId,
      rowsRead: 2,
      rowsPublished: 1,
      rowsQuarantined: 1,
      publishedAt: '2025-01-01 00:00:01.500000',
    })
    .where(eq(uploads.uploadId, uploadId));
  await world.tables.insert(quarantinedRows).values({
    uploadId,
    rowNo: 3,
    columnName: 'date',
    code: 'bad_date',
    message: 'date 2025-02-30 does not exist; use a real date as YYYY-MM-DD.',
    rawText: `2025-02-30,${secret}`,
  });
  return { owner, objectKey, versionId, uploadId, secret };
}
