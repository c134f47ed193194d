import type { LocalConfig } from '../config.ts';
import { provideDemoLambda } from '../edge/demo-lambda.ts';
import { createEdgeApi } from '../edge/edge-api.ts';
import { provideNodes } from '../edge/enrolment.ts';
import type { Report } from '../report.ts';
import { provideNats } from '../servers/nats.ts';
import { provideDatabase } from '../servers/postgres.ts';
import { provideSandbox } from '../servers/sandbox.ts';
import { chooseAddresses } from '../services/addresses.ts';
import type { Wiring } from '../services/service-env.ts';
import { startNodes } from '../services/start-nodes.ts';
import { migrate, startServices } from '../services/start-services.ts';
import { createFleet, type Fleet } from '../supervisor/fleet.ts';
import { claimFolder } from '../supervisor/folder-lock.ts';
import { endLeftOvers } from '../supervisor/left-overs.ts';
import { keepLogsSmall } from '../supervisor/trim-logs.ts';
import { provideCertificates } from '../tls/certificates.ts';
import { demoToken } from '../tokens/demo-tenant.ts';
import { provideKey } from '../tokens/key-pair.ts';
import { checkPort } from './check-port.ts';
import type { StackContext } from './context.ts';
import { dataFolders, makeFolders } from './data-folders.ts';
import { createStackRecord, type StackRecord } from './stack-record.ts';

/** The whole of GreenCloud on this machine. */
export type Stack = {
  /** Resolves when everything serves; rejects with the reason when a part does not start. */
  readonly ready: Promise<{ edgeUrl: string }>;
  /** Ends every process in order, also while the stack still comes up. */
  readonly stop: () => Promise<void>;
  /** Ends every process by SIGKILL. */
  readonly kill: () => Promise<void>;
};

export function startStack(config: LocalConfig, report: Report): Stack {
  const stopping = new AbortController();
  const folders = dataFolders(config.dataDir);
  const context = { config, folders, report, signal: stopping.signal };
  const record = createStackRecord(folders.root, () => fleet.processes(), report);
  const fleet = createFleet(report, record.refresh);
  const ready = comeUp(context, fleet, record);
  const abort = () => stopping.abort(new Error('the stack stops'));
  return {
    ready,
    stop: async () => {
      abort();
      await fleet.stop();
      await record.close();
    },
    kill: async () => {
      abort();
      await fleet.kill();
    },
  };
}

async function comeUp(
  context: StackContext,
  fleet: Fleet,
  record: StackRecord,
): Promise<{ edgeUrl: string }> {
  const { config, folders, report, signal } = context;
  await checkPort(config.port);
  await makeFolders(folders);
  await claimFolder(folders.root);
  report.line('data folder', folders.root);
  await endLeftOvers(folders.root, report);
  keepLogsSmall(folders.logs);

  const onProblem = (error: unknown) => report.line('certificates', String(error));
  const [databaseUrl, nats, sandbox, { key, jwksFile }, addresses] = await Promise.all([
    provideDatabase(context, fleet),
    provideNats(context, fleet),
    provideSandbox(context),
    provideKey(folders.keys),
    chooseAddresses(config.port),
    provideCertificates(folders.tls, { onProblem, signal }),
  ]);
  const tlsFolder = folders.tls;
  const wiring: Wiring = { config, addresses, databaseUrl, nats, jwksFile, tlsFolder };
  signal.throwIfAborted();
  await migrate(context, wiring);
  await startServices(context, fleet, wiring);

  const api = createEdgeApi(addresses.edgeUrl, await demoToken(key), signal);
  const nodes = await provideNodes(api, folders.nodes, config.nodes);
  const nodeAdmin = await startNodes(nodes, sandbox, context, fleet, wiring);
  const lambdaId = await provideDemoLambda(api, folders.root);
  report.line('demo lambda', lambdaId);

  await record.open({ wiring, nodeAdmin, lambdaId, signToken: () => demoToken(key) });
  return { edgeUrl: addresses.edgeUrl };
}
