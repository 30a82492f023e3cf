import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { argumentsOf, processes } from '../../process/process-table.ts';
import { removeCgroupParent } from '../instance-cgroup.ts';

const run = promisify(execFile);

/** Why no Podman can be started here; undefined when one can. */
export function podmanProblem(): string | undefined {
  if (process.getuid?.() !== 0) return 'Podman is tried as root';
  if (!existsSync('/usr/bin/podman'))
    return 'there is no Podman; scripts/prepare-machine --acceptance installs it';
  return undefined;
}

/** A Podman of our own: its images, containers and settings are in a folder that is removed with it. */
export class PrivatePodman {
  readonly folder: string;
  readonly socket: string;
  readonly environment: NodeJS.ProcessEnv;
  #service: ChildProcess | undefined;

  private constructor(folder: string) {
    this.folder = folder;
    this.socket = join(folder, 'podman.sock');
    this.environment = {
      ...process.env,
      CONTAINERS_CONF: join(folder, 'containers.conf'),
      CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'),
    };
  }

  static async start(): Promise<PrivatePodman> {
    const podman = new PrivatePodman(realpathSync(mkdtempSync(join(tmpdir(), 'trainyard-podman-'))));
    writeFileSync(join(podman.folder, 'containers.conf'), containersConf(podman.folder));
    writeFileSync(join(podman.folder, 'storage.conf'), storageConf(podman.folder));
    process.once('exit', podman.#killAtExit);
    await podman.startService();
    return podman;
  }

  /** Resolves when it answers. Its containers are those of the service before. */
  async startService(): Promise<void> {
    const args = ['system', 'service', '--time=0', `unix://${this.socket}`];
    const service = spawn('podman', args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: this.environment,
      // Podman's monitors leave a file there for each container that runs out of memory.
      cwd: this.folder,
    });
    this.#service = service;
    const complaints: string[] = [];
    service.stderr?.on('data', (text) => complaints.push(String(text)));
    while (!(await answers(this.socket))) {
      if (service.exitCode !== null) throw new Error(`podman did not start: ${complaints.join('')}`);
      await wait(20);
    }
  }

  /** `kill -9`: its containers go on. */
  async killService(): Promise<void> {
    const service = this.#service;
    if (!service || service.exitCode !== null || service.signalCode !== null) return;
    const ended = once(service, 'exit');
    service.kill('SIGKILL');
    await ended;
    rmSync(this.socket, { force: true });
  }

  /** Runs a command of Podman. Resolves with what it printed. */
  async command(...args: readonly string[]): Promise<string> {
    const { stdout } = await run('podman', args, { env: this.environment, maxBuffer: 2 ** 26 });
    return stdout.trim();
  }

  async remove(): Promise<void> {
    const names = (await this.command('ps', '--all', '--format', '{{.Names}}')).split('\n').filter(Boolean);
    await this.command('rm', '--all', '--force', '--volumes', '--time', '0');
    names.push(...this.#killMonitors());
    for (const name of new Set(names)) await removeCgroupParent(name);
    // What is of a network stands in the machine's own.
    await this.command('network', 'prune', '--force');
    await this.killService();
    process.off('exit', this.#killAtExit);
    // Podman mounts the folder of its layers on itself.
    await run('umount', [join(this.folder, 'store/overlay')]).catch(() => undefined);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Podman keeps one for each command that was run in a container, for minutes. Returns the names of their containers. */
  #killMonitors(): readonly string[] {
    const monitors = processes()
      .map((pid) => ({ pid, words: argumentsOf(pid) }))
      .filter(
        ({ words: [program = '', ...words] }) =>
          program.endsWith('conmon') && words.some((word) => word.startsWith(`${this.folder}/`)),
      );
    for (const { pid } of monitors) killNow(pid);
    return monitors.map(({ words }) => words[words.indexOf('-n') + 1] ?? '').filter(Boolean);
  }

  readonly #killAtExit = () => this.#service?.kill('SIGKILL');
}

/** A machine may allow less than Podman asks for by default, and have cgroups that only runc can use. */
function containersConf(folder: string): string {
  return `
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[network]
network_config_dir = "${folder}/networks"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
tmp_dir = "${folder}/tmp"
${existsSync('/usr/sbin/runc') ? 'runtime = "runc"\n[engine.runtimes]\nrunc = ["/usr/sbin/runc"]' : ''}
`;
}

function storageConf(folder: string): string {
  return `
[storage]
driver = "overlay"
graphroot = "${folder}/store"
runroot = "${folder}/run"
`;
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

async function answers(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
