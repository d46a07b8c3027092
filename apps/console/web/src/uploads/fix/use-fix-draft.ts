import { useCallback, useEffect, useRef, useState } from 'react';
import { type FixDraft, fixDrafts } from '../drafts.ts';

const none: FixDraft = {};

/** Stores the edits of a file's rows in the browser and saves every change. */
export function useFixDraft(id: string) {
  const [draft, setDraft] = useState<{ readonly id: string; readonly draft: FixDraft }>({ id, draft: none });
  const [restored, setRestored] = useState(0);
  const hasEdited = useRef(false);

  useEffect(() => {
    let isStale = false;
    hasEdited.current = false;
    void fixDrafts.read(id).then((saved) => {
      // Edits made before the saved draft was loaded override the saved draft.
      if (isStale || hasEdited.current) return;
      setDraft({ id, draft: saved ?? none });
      setRestored(Object.keys(saved ?? none).length);
    });
    return () => {
      isStale = true;
    };
  }, [id]);

  const change = useCallback(
    (edit: (draft: FixDraft) => FixDraft) => {
      hasEdited.current = true;
      setDraft((before) => {
        const now = edit(before.id === id ? before.draft : none);
        void fixDrafts.save(id, now);
        return { id, draft: now };
      });
    },
    [id],
  );

  const deleteDraft = useCallback(async () => {
    hasEdited.current = true;
    setDraft({ id, draft: none });
    await fixDrafts.delete(id);
  }, [id]);

  return { draft: draft.id === id ? draft.draft : none, change, deleteDraft, restored };
}
