const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds of `90`, `90s`, `15m`, `1h30m`, `28d`; undefined when it is no duration. */
export function parseDuration(text: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  if (!/^(\d+(\.\d+)?[smhdw])+$/.test(text)) return undefined;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)([smhdw])/g);
  return [...parts].reduce((sum, [, count, unit = 's']) => sum + Number(count) * (SECONDS[unit] ?? 0), 0);
}

const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
};

/** Bytes of `5000`, `500k`, `1.5MB`, `2MiB`; undefined when it is no size. */
export function parseBytes(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?) ?([kmg]?i?)b?$/i.exec(text) ?? [];
  const factor = FACTORS[unit.toLowerCase()];
  return count === undefined || factor === undefined ? undefined : Number(count) * factor;
}
