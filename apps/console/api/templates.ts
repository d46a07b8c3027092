/** Stores templates, which are mappings of bank exports, per owner. Each template is a small S3 object outside raw/. */
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
import { RefusedError } from './refusal.ts';

type TemplateHandlers = Pick<Handlers, 'listTemplates' | 'putTemplate' | 'deleteTemplate'>;

const SUFFIX = '.json';
const prefixOf = (owner: string) => `templates/owner=${owner}/`;
const keyOf = (owner: string, templateId: string) => `${prefixOf(owner)}${templateId}${SUFFIX}`;

export function templateHandlers(bucket: Bucket): TemplateHandlers {
  const { s3, name: Bucket } = bucket;
  return {
    async listTemplates(context) {
      const owner = ownerOf(context);
      const found = await list(bucket, prefixOf(owner));
      const templates = await Promise.all(found.map((object) => read(bucket, prefixOf(owner), object)));
      return context.json({ templates: templates.filter((template) => template !== undefined) }, 200);
    },

    async putTemplate(context) {
      const owner = ownerOf(context);
      const { templateId } = context.req.valid('param');
      const { 'if-match': seen, 'if-none-match': isNew } = context.req.valid('header');
      const text = JSON.stringify(context.req.valid('json').template);
      if (Buffer.byteLength(text) > TEMPLATE_BYTES_AT_MOST) {
        throw new RefusedError('too-large', `The template is larger than ${TEMPLATE_BYTES_AT_MOST} bytes. Shorten it.`);
      }
      if (seen === undefined && isNew === undefined) throw conditionMissingError();
      if (seen === undefined && (await list(bucket, prefixOf(owner))).length >= TEMPLATES_AT_MOST) {
        throw new RefusedError(
          'templates-at-limit',
          `You already have ${TEMPLATES_AT_MOST} templates, which is the maximum. Delete a template that you no longer need.`,
        );
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
        if (isConflict(error) || isMissing(error)) throw templateChangedError();
        throw error;
      }
    },

    async deleteTemplate(context) {
      const owner = ownerOf(context);
      const { templateId } = context.req.valid('param');
      const { 'if-match': seen } = context.req.valid('header');
      if (seen === undefined) throw conditionMissingError();
      const Key = keyOf(owner, templateId);
      const found = (await list(bucket, Key)).find((object) => object.Key === Key);
      if (found === undefined)
        throw new RefusedError(
          'no-such-template',
          'This template does not exist any more. Reload the list of templates.',
        );
      if (found.ETag !== seen) throw templateChangedError();
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

const storedJson = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    context.addIssue({ code: 'custom', message: 'not JSON' });
    return z.NEVER;
  }
});

/** Returns the template, or undefined if the object is not a template or has just been deleted. */
async function read(
  { s3, name }: Bucket,
  prefix: string,
  { Key = '', LastModified }: _Object,
): Promise<StoredTemplate | undefined> {
  const id = templateIdWord.safeParse(Key.slice(prefix.length, -SUFFIX.length));
  if (!Key.endsWith(SUFFIX) || !id.success) return undefined;
  try {
    const { Body, ETag: etag = '' } = await s3.send(new GetObjectCommand({ Bucket: name, Key }));
    // A template of an earlier release may have fields that no longer exist.
    const parsed = storedJson.pipe(template.strip()).safeParse(await Body?.transformToString());
    if (!parsed.success) return undefined;
    return { templateId: id.data, etag, updatedAt: (LastModified ?? new Date(0)).toISOString(), template: parsed.data };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** S3 answers 403 for a missing key if the caller may not list the whole bucket. */
function isMissing(error: unknown): boolean {
  return error instanceof S3ServiceException && /^(NoSuchKey|NotFound|AccessDenied)$/.test(error.name);
}

function conditionMissingError(): RefusedError {
  return new RefusedError(
    'condition-missing',
    'A condition is missing. Send If-Match with the ETag that you read, or If-None-Match: * for a new template.',
  );
}

function templateChangedError(): RefusedError {
  return new RefusedError(
    'template-changed',
    'The template was changed in the meantime, perhaps in another window. Load it again, then save your changes.',
  );
}
