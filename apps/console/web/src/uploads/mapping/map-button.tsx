import { Button } from '@mantine/core';
import { IconColumns } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { LoadingPanel } from '../../shared/loading.tsx';
import type { Card } from '../cards/card.ts';
import { cards } from '../cards/page-cards.ts';

// Loads the editor on demand, because most people map an export about once a year.
const MappingEditor = lazy(async () => ({ default: (await import('./mapping-editor.tsx')).MappingEditor }));

interface Props {
  readonly card: Card;
  readonly label: string;
  readonly primary?: boolean;
}

/** Shows the button that opens the editor for the columns of a bank's export. */
export function MapButton({ card, label, primary = false }: Props) {
  const [open, setOpen] = useState(false);
  const source = card.origin?.source ?? card.source;
  const fileName = card.origin?.fileName ?? card.fileName;
  return (
    <>
      <Button
        variant={primary ? 'filled' : 'default'}
        leftSection={<IconColumns size={18} aria-hidden />}
        onClick={() => setOpen(true)}
      >
        {label}
      </Button>
      {open ? (
        <Suspense fallback={<LoadingPanel height={200} />}>
          <MappingEditor
            source={source}
            fileName={fileName}
            start={card.origin?.mapping ?? null}
            template={card.origin?.template ?? null}
            onClose={() => setOpen(false)}
            onUse={async (mapping, template) => {
              await cards.replaceByMapped(card.id, { fileName, source, mapping, template });
              setOpen(false);
            }}
          />
        </Suspense>
      ) : null}
    </>
  );
}
