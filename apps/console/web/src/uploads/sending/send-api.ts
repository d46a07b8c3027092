/** Implements `SendApi` with the console's API client. */
import { api, readAnswer } from '../../api/client.ts';
import { ApiError } from '../../api/problem.ts';
import { fetchNewestVersion } from '../versions/newest-version.ts';
import type { SendApi } from './send-file.ts';

export const sendApi: SendApi = {
  start: ({ feed, ...request }) => readAnswer(api.sends.$post({ json: { feed: feed as FeedOfSend, ...request } })),

  sign: async ({ objectKey, multipartId }, part) => {
    const { urls } = await readAnswer(
      api.sends.multipart.sign.$post({ json: { objectKey, multipartId, parts: [part] } }),
    );
    const [signed] = urls;
    if (signed === undefined) throw new Error('The service did not accept part of the file. Try again.');
    return signed;
  },

  parts: async ({ objectKey, multipartId }) => {
    try {
      return (await readAnswer(api.sends.multipart.parts.$get({ query: { objectKey, multipartId } }))).parts;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  },

  complete: ({ objectKey, multipartId }, parts, replaces) =>
    readAnswer(
      api.sends.multipart.complete.$post({
        json: { objectKey, multipartId, parts: [...parts], ...(replaces === undefined ? {} : { replaces }) },
      }),
    ),

  newest: fetchNewestVersion,

  abort: async ({ objectKey, multipartId }) => {
    try {
      await readAnswer(api.sends.multipart.$delete({ query: { objectKey, multipartId } }));
    } catch (error) {
      // The upload no longer exists, so nothing needs to be aborted.
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    }
  },
};

type FeedOfSend = Parameters<typeof api.sends.$post>[0]['json']['feed'];
