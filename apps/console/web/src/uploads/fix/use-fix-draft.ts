import { useCallback, useEffect, useRef, useState } from 'react';
import { type FixDraft, fixDrafts } from '../drafts.ts';

const none: FixDraft = {};

/** What was typed over the rows of one file, kept in the browser with each letter. */
export function useFixDraft(id: string) {
  const [draft, setDraft] = useState<{ readonly id: string; readonly draft: FixDraft }>({ id, draft: none });
  const [restored, setRestored] = useState(0);
  const typed = useRef(false);

  useEffect(() => {
    let left = false;
    typed.current = false;
    void fixDrafts.read(id).then((kept) => {
      // Whoever typed faster than the browser could read keeps what they typed.
      if (left || typed.current) return;
      setDraft({ id, draft: kept ?? none });
      setRestored(Object.keys(kept ?? none).length);
    });
    return () => {
      left = true;
    };
  }, [id]);

  const change = useCallback(
    (edit: (draft: FixDraft) => FixDraft) => {
      typed.current = true;
      setDraft((before) => {
        const now = edit(before.id === id ? before.draft : none);
        void fixDrafts.keep(id, now);
        return { id, draft: now };
      });
    },
    [id],
  );

  const forget = useCallback(async () => {
    typed.current = true;
    setDraft({ id, draft: none });
    await fixDrafts.forget(id);
  }, [id]);

  return { draft: draft.id === id ? draft.draft : none, change, forget, restored };
}
