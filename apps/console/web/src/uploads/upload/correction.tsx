import { Text } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { isUnsent } from '../cards/card.ts';
import { CardView } from '../cards/card-view.tsx';
import { useCards } from '../cards/page-cards.ts';

/**
 * Shows the corrected file of an upload. The corrected file stays visible after it has replaced the upload and the list
 * of rows has disappeared.
 */
export function Correction({ uploadId }: { readonly uploadId: number }) {
  const card = useCards().find(({ basedOn }) => basedOn?.uploadId === uploadId);
  const area = useRef<HTMLElement>(null);
  const id = card?.id;
  useEffect(() => {
    if (id !== undefined) area.current?.scrollIntoView({ block: 'nearest' });
  }, [id]);
  if (card === undefined) return null;
  return (
    <section ref={area} aria-label="The corrected file">
      <CardView card={card} />
      {isUnsent(card) ? (
        <Text size="xs" c="dimmed" mt={6}>
          Nothing has been sent yet. Check the file, then send the correction.
        </Text>
      ) : null}
    </section>
  );
}
