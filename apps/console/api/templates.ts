/** Mappings of banks' exports, kept per owner: one small object each, outside raw/. */
import {
  type _Object,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import * as z from 'zod';
import { type Bucket, isConflict } from './bucket.ts';
import { type Handlers, ownerOf } from './context.ts';
import {
  type StoredTemplate,
  TEMPLATE_BYTES_AT_MOST,
  TEMPLATES_AT_MOST,
  template,
  templateId as templateIdWord,
} from './contract/templates.ts';
import { Refusal } from './refusal.ts';

type TemplateHandlers = Pick<Handlers, 'listTemplates' | 'putTemplate' | 'deleteTemplate'>;

const SUFFIX = '.json';
const prefixOf = (owner: string) => `templates/owner=${owner}/`;
const keyOf = (owner: string, templateId: string) => `${prefixOf(owner)}${templateId}${SUFFIX}`;

export function templateHandlers(bucket: Bucket): TemplateHandlers {
  const { s3, name: Bucket } = bucket;
  return {
    async listTemplates(context) {
      const owner = ownerOf(context);
      const kept = await list(bucket, prefixOf(owner));
      const templates = await Promise.all(kept.map((object) => read(bucket, prefixOf(owner), object)));
      return context.json({ templates: templates.filter((found) => found !== undefined) }, 200);
    },

    async putTemplate(context) {
      const owner = ownerOf(context);
      const { templateId } = context.req.valid('param');
      const { 'if-match': seen, 'if-none-match': isNew } = context.req.valid('header');
      const text = JSON.stringify(context.req.valid('json').template);
      if (Buffer.byteLength(text) > TEMPLATE_BYTES_AT_MOST) {
        throw new Refusal(413, `A template takes at most ${TEMPLATE_BYTES_AT_MOST} bytes: shorten it.`);
      }
      if (seen === undefined && isNew === undefined) throw conditionMissing();
      if (seen === undefined && (await list(bucket, prefixOf(owner))).length >= TEMPLATES_AT_MOST) {
        throw new Refusal(409, `You have ${TEMPLATES_AT_MOST} templates: delete one that you no longer need.`);
      }
      try {
        const { ETag: etag = '' } = await s3.send(
          new PutObjectCommand({
            ...{ Bucket, Key: keyOf(owner, templateId), Body: text, ContentType: 'application/json' },
            ...(seen === undefined ? { IfNoneMatch: '*' } : { IfMatch: seen }),
          }),
        );
        return context.json({ templateId, etag }, 200);
      } catch (error) {
        if (isConflict(error) || isMissing(error)) throw changedElsewhere();
        throw error;
      }
    },

    async deleteTemplate(context) {
      const owner = ownerOf(context);
      const { templateId } = context.req.valid('param');
      const { 'if-match': seen } = context.req.valid('header');
      if (seen === undefined) throw conditionMissing();
      const Key = keyOf(owner, templateId);
      const found = (await list(bucket, Key)).find((object) => object.Key === Key);
      if (found === undefined) throw new Refusal(404, 'You have no such template.');
      if (found.ETag !== seen) throw changedElsewhere();
      await s3.send(new DeleteObjectCommand({ Bucket, Key }));
      return context.json({}, 200);
    },
  };
}

async function list({ s3, name }: Bucket, prefix: string): Promise<readonly _Object[]> {
  const { Contents = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: name, Prefix: prefix, MaxKeys: 2 * TEMPLATES_AT_MOST }),
  );
  return Contents;
}

const kept = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    context.addIssue({ code: 'custom', message: 'no JSON' });
    return z.NEVER;
  }
});

/** Undefined where it is none of ours, or was deleted in this moment. */
async function read(
  { s3, name }: Bucket,
  prefix: string,
  { Key = '', LastModified }: _Object,
): Promise<StoredTemplate | undefined> {
  const id = templateIdWord.safeParse(Key.slice(prefix.length, -SUFFIX.length));
  if (!Key.endsWith(SUFFIX) || !id.success) return undefined;
  try {
    const { Body, ETag: etag = '' } = await s3.send(new GetObjectCommand({ Bucket: name, Key }));
    // One kept by an earlier release may say more.
    const parsed = kept.pipe(template.strip()).safeParse(await Body?.transformToString());
    if (!parsed.success) return undefined;
    return { templateId: id.data, etag, updatedAt: (LastModified ?? new Date(0)).toISOString(), template: parsed.data };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Who may not list the whole bucket is told 403 of a key that is not there. */
function isMissing(error: unknown): boolean {
  return error instanceof S3ServiceException && /^(NoSuchKey|NotFound|AccessDenied)$/.test(error.name);
}

function conditionMissing(): Refusal {
  return new Refusal(428, 'Say what you saw: If-Match with the ETag that you read, or If-None-Match: * for a new one.');
}

function changedElsewhere(): Refusal {
  return new Refusal(
    412,
    'The template was changed meanwhile, in another window perhaps. Load it again, then save anew.',
  );
}
