import { loadSettings } from '#config/load.ts';
import { type App, createApp, type Overrides } from '../../src/app/index.ts';
import { freshDataDirectory } from './data.ts';

export const OPERATOR_KEY = 'operator-key-0123456789abcdef0123456789abcdef';

/** An evaluation comes after the end of an answer. Tests of streams count on the end; those of the judge switch it on. */
export const WITHOUT_JUDGE = { ENABLE_QUALITY_EVALUATION: 'false' };

/** No test depends on how fast the machine is: plugins, services and searches get many times their milliseconds. */
export const PATIENT = { DEADLINE_FACTOR: '10' };

export interface TestApp extends App {
  readonly dataDirectory: string;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

/** A real server on a free port, with its own database and an operator's key. */
export async function startApp(
  environment: Readonly<Record<string, string>> = {},
  overrides: Overrides = {},
): Promise<TestApp> {
  const data = freshDataDirectory();
  const app = await createApp(
    loadSettings({
      environment: {
        PARLEY_ENV: 'test',
        PORT: '0',
        LOG_LEVEL: 'silent',
        DATA_DIR: data.path,
        BOOTSTRAP_API_KEY: OPERATOR_KEY,
        SHUTDOWN_TIMEOUT: '1000',
        ...WITHOUT_JUDGE,
        ...PATIENT,
        ...environment,
      },
    }),
    overrides,
  );
  return {
    ...app,
    dataDirectory: data.path,
    async remove() {
      await app.stop();
      data.remove();
    },
  };
}
