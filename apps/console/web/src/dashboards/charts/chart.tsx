import type { VisualData } from '@centflow/reports';
import { useComputedColorScheme } from '@mantine/core';
import { useReducedMotion } from '@mantine/hooks';
import { type CSSProperties, useEffect, useRef, useState } from 'react';
import { formatCount } from '../../shared/numbers.ts';
import { usePrinting } from '../../shared/printing.ts';
import classes from '../dashboards.module.css';
import { formatCell, getDimensions } from '../figures.ts';
import type { OnMark } from '../visual-card.tsx';
import { NARROW } from '../visual-height.ts';
import { draw } from './draw.ts';
import type { Drawable } from './drawable.ts';
import { isMark } from './drawing.ts';
import { echarts } from './echarts.ts';
import { FONT, palettes } from './palette.ts';

interface Props {
  readonly visual: Drawable;
  readonly data: VisualData;
  readonly height: number;
  readonly onMark: OnMark | undefined;
}

/** Draws a visual with ECharts. People who use a screen reader or a keyboard can show the same figures as a table. */
export default function Chart({ visual, data, height, onMark }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme('light');
  const printing = usePrinting();
  const reducedMotion = useReducedMotion();
  const [notes, setNotes] = useState<readonly string[]>([]);
  const clicked = useRef<(row: number) => void>(() => undefined);
  clicked.current = (row) => {
    const cells = data.rows[row];
    if (cells) onMark?.(getDimensions(data, cells));
  };

  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const palette = palettes[printing ? 'light' : scheme];
    const chart = echarts.init(element, undefined, { renderer: 'svg' });
    let isDisposed = false;
    const show = async () => {
      const drawn = await draw({ visual, data, palette, narrow: element.clientWidth < NARROW });
      if (isDisposed) return;
      setNotes(drawn.notes ?? []);
      chart.setOption(
        {
          animation: !reducedMotion && !printing,
          animationDuration: 350,
          textStyle: { fontFamily: FONT },
          ...drawn.option,
        },
        { notMerge: true },
      );
      if (printing) fitPaper(element);
    };
    void show();
    chart.on('click', ({ data: mark }) => {
      if (isMark(mark)) clicked.current(mark.row);
    });
    let width = element.clientWidth;
    const resized = new ResizeObserver(() => {
      if (printing) return;
      const wasNarrow = width < NARROW;
      width = element.clientWidth;
      chart.resize();
      if (wasNarrow !== width < NARROW) void show();
    });
    resized.observe(element);
    return () => {
      isDisposed = true;
      resized.disconnect();
      chart.dispose();
    };
  }, [visual, data, scheme, reducedMotion, printing]);

  return (
    <>
      <div
        ref={place}
        className={classes.drawing}
        role="img"
        aria-label={describeChart(visual, data)}
        style={{ '--height': `${height}px` } as CSSProperties}
      />
      {notes.map((note) => (
        <p key={note} className={classes.note}>
          {note}
        </p>
      ))}
    </>
  );
}

/** Scales down a drawing from the width of the screen to the width of the paper. */
function fitPaper(element: HTMLElement) {
  const drawing = element.querySelector('svg');
  const frame = drawing?.parentElement;
  if (!drawing || !frame) return;
  const { width, height } = drawing.getBoundingClientRect();
  drawing.setAttribute('viewBox', `0 0 ${width} ${height}`);
  drawing.style.position = 'static';
  Object.assign(frame.style, { width: '100%', maxWidth: `${width}px`, height: 'auto' });
}

/** Describes the chart for screen readers and names the button that shows its table. */
function describeChart({ title, question }: Drawable, { columns, rows, currency }: VisualData): string {
  const [first] = columns;
  const from = first ? formatCell(rows[0]?.[0] ?? null, first, currency) : '';
  const to = first ? formatCell(rows.at(-1)?.[0] ?? null, first, currency) : '';
  const count = formatCount(rows.length, 'figure');
  return `Chart: ${title}. ${question} ${count}, ${from} to ${to}. Use “Show as a table” to read the figures.`;
}
