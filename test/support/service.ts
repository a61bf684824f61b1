import { loadSettings } from '#config/load.ts';
import { type RunningService, startService } from '../../services/host/service.ts';
import { PATIENT } from './app.ts';
import { freshDataDirectory } from './data.ts';
import { type RunningProcess, startProcess } from './process.ts';

/** A service in this process, on a free port, without a secret. */
export async function runService(
  name: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningService> {
  const data = freshDataDirectory();
  const { default: definition } = await import(`../../services/${name}/main.ts`);
  const settings = loadSettings({
    environment: {
      PARLEY_ENV: 'test',
      PORT: '0',
      LOG_LEVEL: 'silent',
      DATA_DIR: data.path,
      ...PATIENT,
      ...environment,
    },
  });
  const service = await startService(definition, settings);
  return {
    ...service,
    async stop() {
      await service.stop();
      data.remove();
    },
  };
}

/** A service in a process of its own. */
export const startServiceProcess = (
  name: string,
  environment: Readonly<Record<string, string>>,
  imports: readonly string[] = [],
): Promise<RunningProcess> => startProcess(environment, { program: ['services/start.ts', name], imports });
