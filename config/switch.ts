/** On for no viewer, for all, or for a share of them. */
export interface Switch {
  readonly enabled: boolean;
  /** 0..1 */
  readonly rollout: number;
}

/** 'true', 'false' or a percentage such as '25%'; null for anything else. */
export function parseSwitch(value: string): Switch | null {
  if (value === 'true') return { enabled: true, rollout: 1 };
  if (value === 'false') return { enabled: false, rollout: 0 };
  const percentage = /^(\d{1,3}(?:\.\d+)?)%$/.exec(value)?.[1];
  const rollout = percentage === undefined ? Number.NaN : Number(percentage) / 100;
  return rollout >= 0 && rollout <= 1 ? { enabled: rollout > 0, rollout } : null;
}
