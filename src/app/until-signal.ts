/** A program's life: started, stopped by a signal, ended with a message where it cannot start. */
import { SettingsError } from '#config/load.ts';
import { fault } from '#core/runtime/diagnostics.ts';
import { stopTelemetry } from '../telemetry.ts';

export interface Program {
  /** http://127.0.0.1:4000 */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the program, tells its address, and stops it on SIGINT or SIGTERM; the second signal ends the process at once. */
export async function runUntilSignal(name: string, start: () => Promise<Program>): Promise<void> {
  try {
    const program = await start();
    console.log(`${name} is ready at ${program.url}`);
    // A rejection that nothing handles (of a plugin, for example) is logged and ends no stream.
    process.on('unhandledRejection', (error) => fault('process', 'a rejection that nobody handled', error));
    let stopping = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => {
        if (stopping) process.exit(1);
        stopping = true;
        void program
          .stop()
          .then(stopTelemetry)
          .then(() => process.exit(0));
      });
  } catch (error) {
    const known = error instanceof SettingsError ? error.message : undefined;
    console.error(known ?? (error instanceof Error ? `${name} could not start: ${error.message}` : error));
    process.exit(1);
  }
}
