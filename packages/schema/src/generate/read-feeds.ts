import { type Feed, FeedDefinitionError } from '../define-feed.ts';
import { fileNameOf } from '../file-name.ts';
import { sourceFiles } from './source-files.ts';

/** Reads every feed from the file that defines it, and not from the registry, which is generated later. */
export async function readFeeds(): Promise<Feed[]> {
  const files = await sourceFiles('feeds');
  return await Promise.all(
    files.map(async ({ stem, url }) => {
      const { default: feed }: { default?: Feed } = await import(url.href);
      if (feed === undefined) {
        throw new FeedDefinitionError(stem, `add \`export default defineFeed(…)\` to src/feeds/${stem}.ts.`);
      }
      if (fileNameOf(feed.name) !== `${stem}.ts`) {
        throw new FeedDefinitionError(
          feed.name,
          `the file src/feeds/${stem}.ts has another name than the table. Rename it to ${fileNameOf(feed.name)}.`,
        );
      }
      return feed;
    }),
  );
}
