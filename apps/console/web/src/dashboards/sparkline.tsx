import classes from './dashboards.module.css';

const WIDTH = 240;
const HEIGHT = 44;

/**
 * Draws the earlier months as a line. The line is decorative, because the figure above it gives the same information as
 * text.
 */
export function Sparkline({ points }: { readonly points: readonly (number | null)[] }) {
  const known = points.flatMap((point, index) => (point === null ? [] : [{ point, index }]));
  if (known.length < 2) return <div className={classes.spark} />;
  const low = Math.min(...known.map(({ point }) => point));
  const high = Math.max(...known.map(({ point }) => point));
  const at = ({ point, index }: { point: number; index: number }) => {
    const x = (index / (points.length - 1)) * WIDTH;
    const y = HEIGHT - 4 - ((point - low) / (high - low || 1)) * (HEIGHT - 8);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  };
  const line = `M ${known.map(at).join(' L ')}`;
  const first = (((known[0]?.index ?? 0) / (points.length - 1)) * WIDTH).toFixed(1);
  const last = (((known.at(-1)?.index ?? 0) / (points.length - 1)) * WIDTH).toFixed(1);
  return (
    <svg className={classes.spark} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={`${line} L ${last} ${HEIGHT} L ${first} ${HEIGHT} Z`} fill="var(--positive)" opacity="0.1" />
      <path d={line} fill="none" stroke="var(--positive)" strokeWidth="2" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
