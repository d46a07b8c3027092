import classes from './shell.module.css';

/** The logo: a stream that flows into the letter C. */
export function Brand() {
  return (
    <span className={classes.brand}>
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="var(--brand-tile)" />
        <path
          d="M23 10.2a8.6 8.6 0 1 0 0 11.6"
          fill="none"
          stroke="var(--brand-stroke)"
          strokeWidth="3.2"
          strokeLinecap="round"
        />
        <path d="M11.5 16h13" fill="none" stroke="#ffc45c" strokeWidth="3.2" strokeLinecap="round" />
      </svg>
      Centflow
    </span>
  );
}
