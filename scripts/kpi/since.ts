const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** `30m`, `12h`, `7d`, `4w` before now, or an ISO 8601 date. Throws an Error that names the forms. */
export function sinceOf(given: string, now: Date): Date {
  const [, count, unit = ''] = /^(\d{1,6})([mhdw])$/.exec(given) ?? [];
  if (count !== undefined) return new Date(now.getTime() - Number(count) * (UNITS[unit] ?? 0));
  const date = /^\d{4}-\d{2}-\d{2}/.test(given) ? new Date(given) : null;
  if (!date || Number.isNaN(date.getTime()) || date > now)
    throw new Error(`--since ${given}: must be 30m, 12h, 7d, 4w, or a date in the past such as 2026-11-01`);
  return date;
}
