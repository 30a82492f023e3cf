/** Numbers and times as people read them. Digits stand below each other: the style has tabular numbers. */

const NUMBER = new Intl.NumberFormat('en', { maximumSignificantDigits: 6 });
const WHOLE = new Intl.NumberFormat('en');
const TIME = new Intl.DateTimeFormat('sv', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY_TIME = new Intl.DateTimeFormat('sv', {
  ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
  ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
});

export function formatNumber(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-4 || size >= 1e9) ? value.toExponential(4) : NUMBER.format(value);
}

export const formatCount = (value: number): string => WHOLE.format(value);

/** Of epoch milliseconds: `2026-11-21 21:30:05`, in the reader's own time. */
export const formatTime = (at: number): string => DAY_TIME.format(at);
export const formatClock = (at: number): string => TIME.format(at);

/** With milliseconds, for log lines. */
export const formatPrecise = (at: number): string =>
  `${TIME.format(at)}.${String(at % 1000).padStart(3, '0')}`;

/** `3 d 4 h`, `1 h 05 min`, `2 min 07 s`, `12 s`, `0.4 s`, `34 ms`; `whole` for what is counted down: `4 s`. */
export function formatDuration(milliseconds: number, precision: 'whole' | 'exact' = 'exact'): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 0.1 && precision === 'exact') return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10 && precision === 'exact') return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (value: number) => String(value).padStart(2, '0');
  const [days, hours, minutes] = [
    Math.floor(whole / 86400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${two(minutes)} min` : `${minutes} min ${two(whole % 60)} s`;
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log(bytes) / Math.log(1024)));
  const value = bytes / 1024 ** power;
  return `${power === 0 ? Math.round(value) : value.toFixed(value < 10 ? 2 : 1)} ${units[power]}`;
}

export const formatPercent = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} %`;

/** What is less than can be shown is not nothing. */
export const formatMoney = (value: number, currency: string): string =>
  `${value > 0 && value < 0.0001 ? '< 0.0001' : value.toFixed(value < 1 ? 4 : 2)} ${currency}`;

/** `InProgress` as `In progress`. */
export const formatWord = (name: string): string => {
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};
