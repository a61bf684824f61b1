import type { History } from '../history/records.ts';
import { type Invariant, ofKind } from './reading.ts';

/** Sockets to the stores, to nginx and to the provider stay open for reuse. */
const MORE_DESCRIPTORS = 120;
const MORE_THREADS = 8;
const MORE_MEGABYTES = 250;

/** I7: sockets, timers, provider calls and memory return to where they were. A process that was killed is compared with nothing. */
export const resourcesReturn: Invariant = ({ records }) => [
  ...ofKind(records, 'died').map(({ replica }) => `replica ${replica} ended by itself: its log tells why`),
  ...whatStays(records),
];

const whatStays = (records: History['records']): string[] => {
  const samples = ofKind(records, 'resources');
  const before = new Map(
    samples.filter(({ when }) => when === 'before').map(({ process, figures }) => [process, figures]),
  );
  return samples
    .filter(({ when }) => when === 'after')
    .flatMap(({ replica, process, figures }) => {
      const problems: string[] = [];
      const at = `replica ${replica}`;
      for (const name of ['generations', 'connections', 'providerCalls'] as const)
        if (figures[name] > 0) problems.push(`${at}: ${figures[name]} ${name} are left`);
      const was = before.get(process);
      if (!was) return problems;
      const growth = (name: 'descriptors' | 'threads' | 'megabytes', most: number) => {
        if (figures[name] - was[name] > most)
          problems.push(`${at}: ${name} grew from ${was[name]} to ${figures[name]}`);
      };
      growth('descriptors', MORE_DESCRIPTORS);
      growth('threads', MORE_THREADS);
      growth('megabytes', MORE_MEGABYTES);
      return problems;
    });
};
