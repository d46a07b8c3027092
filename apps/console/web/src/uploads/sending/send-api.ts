/** The API's side of sending, over the console's client. */
import { answerOf, api } from '../../api/client.ts';
import { Problem } from '../../api/problem.ts';
import { newestVersion } from '../versions/newest-version.ts';
import type { SendApi } from './send-file.ts';

export const sendApi: SendApi = {
  start: ({ feed, ...request }) => answerOf(api.sends.$post({ json: { feed: feed as FeedOfSend, ...request } })),

  sign: async ({ objectKey, multipartId }, part) => {
    const { urls } = await answerOf(
      api.sends.multipart.sign.$post({ json: { objectKey, multipartId, parts: [part] } }),
    );
    const [signed] = urls;
    if (signed === undefined) throw new Error('The service did not accept part of the file. Try again.');
    return signed;
  },

  parts: async ({ objectKey, multipartId }) => {
    try {
      return (await answerOf(api.sends.multipart.parts.$get({ query: { objectKey, multipartId } }))).parts;
    } catch (error) {
      if (error instanceof Problem && error.status === 404) return null;
      throw error;
    }
  },

  complete: ({ objectKey, multipartId }, parts, replaces) =>
    answerOf(
      api.sends.multipart.complete.$post({
        json: { objectKey, multipartId, parts: [...parts], ...(replaces === undefined ? {} : { replaces }) },
      }),
    ),

  newest: newestVersion,

  abort: async ({ objectKey, multipartId }) => {
    try {
      await answerOf(api.sends.multipart.$delete({ query: { objectKey, multipartId } }));
    } catch (error) {
      // Nothing is there to abort: that is what was wanted.
      if (!(error instanceof Problem && error.status === 404)) throw error;
    }
  },
};

type FeedOfSend = Parameters<typeof api.sends.$post>[0]['json']['feed'];
