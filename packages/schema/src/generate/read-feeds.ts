import { type Feed, FeedDefinitionError } from '../define-feed.ts';
import { fileOf } from '../file-name.ts';
import { sourceFiles } from './source-files.ts';

/** Every feed there is a file of: from the files themselves, not from the registry that is made of them. */
export async function readFeeds(): Promise<Feed[]> {
  const files = await sourceFiles('feeds');
  return await Promise.all(
    files.map(async ({ stem, url }) => {
      const { default: feed }: { default?: Feed } = await import(url.href);
      if (feed === undefined) {
        throw new FeedDefinitionError(stem, `let src/feeds/${stem}.ts have \`export default defineFeed(…)\`.`);
      }
      if (fileOf(feed.name) !== `${stem}.ts`) {
        throw new FeedDefinitionError(
          feed.name,
          `its table is in src/feeds/${stem}.ts; call the file ${fileOf(feed.name)}.`,
        );
      }
      return feed;
    }),
  );
}
