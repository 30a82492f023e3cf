import { statSync } from 'node:fs';
import { RcloneMounter } from '../agent/fast-file/rclone-mounter.ts';
import { createTelemetry } from '../agent/logs/create-telemetry.ts';
import { PackageCache } from '../agent/packages/package-cache.ts';
import { GpuMonitor } from '../agent/usage/gpu-monitor.ts';
import { UsageRecorder } from '../agent/usage/usage-recorder.ts';
import { UsageSampler } from '../agent/usage/usage-sampler.ts';
import { systemClock } from '../clock/system-clock.ts';
import type { Settings } from '../config/settings.ts';
import { createEndpoint } from '../endpoint/server.ts';
import { EventLog } from '../events/event-log.ts';
import { Webhooks } from '../events/webhooks.ts';
import { Faults } from '../faults/faults.ts';
import { withFaults } from '../faults/instance-faults.ts';
import { LogStreams } from '../logs/log-streams.ts';
import { openStorage, type StorageConfig } from '../objects/open-storage.ts';
import { Orchestrator } from '../orchestrator/orchestrator.ts';
import { Authority } from '../proxy/authority.ts';
import { HttpsProxy } from '../proxy/https-proxy.ts';
import { SessionSocket } from '../remote-debug/session-socket.ts';
import { RoleList } from '../services/iam/roles.ts';
import { trainingJobArn } from '../services/sagemaker/context.ts';
import { noSuchResource } from '../services/sagemaker/errors.ts';
import { createOwnApi } from '../services/trainyard/own-api.ts';
import { Database, DatabaseInUse } from '../store/database.ts';
import { findJob, findJobById, unfinishedJobs } from '../store/jobs/find-job.ts';
import { addTimeSeriesPoints } from '../store/metrics/add-time-series-points.ts';
import { hasEnded } from '../training/lifecycle.ts';
import { poolOf } from '../training/warm-pool.ts';
import { createPages } from '../web/pages.ts';
import { SignIn } from '../web/sign-in.ts';
import { createSignInLinks, SERVED_LINK_MS, signInPath } from '../web/sign-in-links.ts';
import { PageUploads } from '../web/uploads.ts';
import { AccessKeys } from './access-keys.ts';
import { CannotStart } from './cannot-start.ts';
import {
  createLayout,
  type DataLayout,
  layoutOf,
  openKeys,
  type ServerKeys,
  writeAddress,
} from './data-folder.ts';
import {
  clientVariables,
  containerEnvironment,
  loopbackPorts,
  proxyVariables,
} from './environment-variables.ts';
import { openJobClock } from './job-clock.ts';
import { createObjectService, createPageObjects } from './object-service.ts';
import { openDriver } from './open-driver.ts';
import { createServices } from './services.ts';
import { spreadFolders } from './spread-folders.ts';
import { openTrust } from './trust.ts';

export { CannotStart };

export interface Server {
  readonly url: string;
  /** A link that signs in on the page, once. */
  signInLink(): string;
  /** Stops serving. Running jobs go on; the next server on the same data directory finds them. */
  close(): Promise<void>;
}

/** Makes everything, wires it and starts to serve. Throws `CannotStart`. */
export async function startServer(settings: Settings, log: (line: string) => void): Promise<Server> {
  const layout = layoutOf(settings.dataDir);
  createLayout(layout);
  void spreadFolders([layout.logs, layout.instances]);
  // First of all: it tells whether the data directory is ours, so that no two servers make its keys.
  const database = openDatabase(layout);
  const keys = openKeys(layout);
  const { account, region } = settings;
  const jobClock = openJobClock(layout.clock, settings.testClock);
  if (!jobClock) throw new CannotStart(`the clock of ${layout.root} was advanced: start with --test-clock.`);
  // What jobs and their limits go by. What moves bytes, speaks to others or checks signatures goes by the machine's time.
  const { clock } = jobClock;
  const faults = new Faults({ database, clock, log });

  const storage = storageConfig(settings, layout);
  const objects = openStorage(storage, {
    database,
    clock: systemClock,
    keys: { region, account, keys: settings.kms.keys },
  });
  const telemetry = createTelemetry({
    folder: layout.logs,
    database,
    clock,
    onError: (error) => log(error.message),
  });
  const usage = new UsageRecorder({
    ...{ database, clock },
    sampler: new UsageSampler(systemClock, new GpuMonitor(systemClock)),
    intervalMs: settings.metrics.sampleSeconds * 1000,
    retentionMs: settings.metrics.retentionDays * 86_400_000,
    onError: (error) => log(`samples of what instances use could not be stored: ${error.message}`),
  });
  const accessKeys = new AccessKeys({
    account,
    owner: ownerKeys(settings, keys),
    jobKeySecret: keys.jobKeySecret,
    runningRole: (jobId) => runningRole(database, jobId),
  });
  const roles = new RoleList({
    account,
    roles: settings.roles.map((each) =>
      typeof each === 'string' ? { name: each } : { name: each.name, limits: each },
    ),
    createdAt: statSync(layout.keys).birthtimeMs,
  });
  let url = '';
  const packages = new PackageCache({
    ...{ folder: layout.packages, instances: layout.instances, limits: settings.packages },
    ...{ clock: systemClock, log },
  });
  packages.open();
  const opening = openDriver(settings, {
    ...{ layout, clock },
    agents: {
      storage: objects.storage,
      ...(storage.kind === 's3' && { mounter: new RcloneMounter(storage) }),
      fileSystems: settings.fileSystems,
      packages,
      mayRead: ({ request }, { bucket, key }) =>
        roles.find(request.RoleArn)?.permissions.mayUse('read', bucket, key) ?? false,
      ...(settings.proxy.jobs && { certificates: layout.certificates }),
      telemetry,
      usage,
      timeSeries: {
        add: ({ jobId, host }, points) => addTimeSeriesPoints(database, { jobId, host }, points),
      },
      clock: systemClock,
      folder: layout.instances,
      flushPatience: settings.sync.patienceSeconds * 1000,
      containerEnvironment: (plan) =>
        containerEnvironment(settings, driver.serverUrl?.(plan, url) ?? url, accessKeys.ofJob(plan.jobId)),
      log,
    },
    loopbackPorts: () => loopbackPorts(settings, url),
    holdsInstances: (jobId) =>
      unfinishedJobs(database).some(({ id, job }) => id === jobId || poolOf(job)?.first === jobId),
    ofInstance: (plan) => withFaults(plan, objects.storage, faults),
  });
  // The driver mostly waits for other programs meanwhile.
  const [{ driver, listening, close: closeDriver }, authority] = await Promise.all([
    opening,
    openTrust(layout, systemClock),
  ]);
  const stopGrace = settings.stop.graceSeconds * 1000;
  const orchestrator = new Orchestrator(
    { database, driver, clock, account, region, stopGrace, faults, log },
    { quotas: settings.quotas, pools: settings.capacity },
  );
  const retention = settings.events.retentionHours * 3_600_000;
  const events = new EventLog({ database, clock, retention, log });
  const webhooks = new Webhooks(settings.events.webhooks, { database, clock: systemClock, retention, log });
  const logStreams = new LogStreams(layout.logs, database, clock);
  const sessions = new SessionSocket((name, host, request) => {
    const arn = trainingJobArn({ account, region }, name);
    if (!findJob(database, arn)) throw noSuchResource();
    return orchestrator.openSession(arn, host, request);
  });
  const services = createServices({
    ...{ settings, clock, database, orchestrator, driver, roles, objects },
    logs: logStreams,
  });
  const objectService = createObjectService(settings, objects.embedded?.store, (callerArn) =>
    roles.permissionsOf(callerArn),
  );
  const signIn = new SignIn({ database, clock: systemClock, credentials: accessKeys, account });
  const uploads = new PageUploads({
    ...{ database, log, clock: systemClock },
    end: async (upload) => (objects.remote ?? objects.embedded?.store)?.abortUpload(upload),
  });
  const closing = new AbortController();
  const endpoint = createEndpoint({
    proxy: new HttpsProxy({
      authority: new Authority(authority, systemClock),
      others: settings.proxy.others,
      servesS3: storage.kind === 'embedded',
      log,
    }),
    ...{ account, region, log },
    clock: systemClock,
    credentials: accessKeys,
    services,
    objects: objectService,
    upgrades: (upgrade) => sessions.accept(upgrade),
    own: new Map([
      ...createOwnApi({ ...{ account, region, database, events, faults }, clock: jobClock }),
      ...createSignInLinks(signIn),
    ]),
    pages: createPages({
      ...{ services, signIn, log, accessKeyId: keys.accessKeyId, serverId: keys.accessKeyId },
      objects: objects.remote ? createPageObjects(settings, objects.remote) : objectService,
      uploads,
      context: {
        ...{ account, region, database, clock, systemClock, events },
        logs: logStreams,
        storage: objects.storage,
        prices: settings.prices,
        capacity: () => orchestrator.capacity(),
        closing: closing.signal,
      },
    }),
  });

  const bound = await listen(endpoint, settings);
  url = `http://${clientHost(bound.host)}:${bound.port}`;
  writeAddress(layout, {
    ...{ url, pid: process.pid },
    variables: clientVariables(settings, url, keys),
    proxyVariables: proxyVariables(url, layout),
  });
  await listening();
  orchestrator.recover();
  webhooks.start();
  void uploads.endSilent(closing.signal);
  return {
    url,
    signInLink: () => url + signInPath(signIn, SERVED_LINK_MS),
    async close() {
      sessions.close();
      // Whoever follows the events or a log would keep the endpoint open.
      closing.abort();
      events.close();
      await endpoint.close();
      orchestrator.close();
      await webhooks.close();
      await closeDriver();
      usage.close();
      await telemetry.close();
      await objects.close();
      database.close();
    },
  };
}

function openDatabase(layout: DataLayout): Database {
  try {
    return new Database(layout.database, { exclusive: true });
  } catch (error) {
    if (error instanceof DatabaseInUse)
      throw new CannotStart(`another server uses the data directory ${layout.root}.`);
    throw new CannotStart(`the database ${layout.database} can't be opened: ${(error as Error).message}.`);
  }
}

async function listen(
  endpoint: ReturnType<typeof createEndpoint>,
  { port, host }: Settings,
): Promise<{ port: number; host: string }> {
  try {
    return await endpoint.listen(port, host);
  } catch (error) {
    throw new CannotStart(`can't listen on ${host}:${port}: ${(error as Error).message}`);
  }
}

/** Where clients on this machine reach a server that is bound to an address. */
function clientHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/** With another S3, clients use one key for it and for us: the store's own is accepted here too. */
function ownerKeys({ accessKeys, s3 }: Settings, made: ServerKeys) {
  return [made, ...accessKeys, ...(s3.kind === 's3' && s3.credentials ? [s3.credentials] : [])];
}

function storageConfig({ s3, region }: Settings, layout: DataLayout): StorageConfig {
  if (s3.kind === 'embedded') return { kind: 'embedded', folder: layout.objects };
  const { endpoint, credentials, pathStyle } = s3;
  return {
    kind: 's3',
    region: s3.region ?? region,
    pathStyle,
    ...(endpoint && { endpoint }),
    ...(credentials && { credentials }),
  };
}

function runningRole(database: Database, jobId: number): string | undefined {
  const job = findJobById(database, jobId)?.job;
  return job && !hasEnded(job.secondaryStatus) ? job.request.RoleArn : undefined;
}
