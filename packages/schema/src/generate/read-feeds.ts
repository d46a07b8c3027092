import { type Feed, FeedDefinitionError } from '../define-feed.ts';
import { fileNameOf } from '../file-name.ts';
import { sourceFiles } from './source-files.ts';

/** Reads every feed from its own file, not from the registry that is generated from the files. */
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
          `its table is in src/feeds/${stem}.ts. Rename the file to ${fileNameOf(feed.name)}.`,
        );
      }
      return feed;
    }),
  );
}
