import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Refused, type TrainingApi, Unreachable } from '../../client/training-api.ts';
import type { DescribeTrainingJobResponse } from '../../model/types.generated.ts';
import { parseS3Uri } from '../../objects/object-storage.ts';
import { nameInUse } from '../../services/sagemaker/errors.ts';
import { apiOf, CommandFailed } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import type { RunCommandFlags } from '../run.ts';
import { bytes } from '../screen/text.ts';
import { followJob } from '../training/follow-job.ts';
import { JobLog } from '../training/job-log.ts';
import { objectsOf } from '../transfer/objects.ts';
import { download } from '../transfer/transfer.ts';
import { Interruption } from './interruption.ts';
import { checkFlags, checkRequest, nameOf, type RunPlaces, runRequest } from './run-request.ts';
import { RunScreen } from './run-screen.ts';
import { sendInputs } from './send-inputs.ts';
import { OUTPUT_FOLDER } from './source-folder.ts';

/** `trainyard run`. Resolves with its exit code. */
export async function runJob(command: readonly string[], flags: RunCommandFlags): Promise<number> {
  checkFlags(flags);
  const api = await apiOf(flags);
  const places = await placesOf(api, flags);
  const name = flags.name ?? nameOf(command, process.cwd(), new Date());
  const request = runRequest(name, command, flags, places);
  checkRequest(request);
  await checkNameIsFree(api, name);
  if (!(await sent(api, name, flags, places))) return EXIT.stopped;
  const created = await api.call('CreateTrainingJob', request);
  if (flags.follow) {
    console.error(`trainyard: started ${name}`);
    return new FollowedRun(api, name, flags).follow();
  }
  console.log(flags.json ? JSON.stringify({ TrainingJobName: name, ...created }) : name);
  return EXIT.done;
}

async function placesOf(api: TrainingApi, { s3 }: RunCommandFlags): Promise<RunPlaces> {
  const account = await api.account();
  const base = s3 ?? `s3://sagemaker-${api.connection.region}-${account}`;
  parseS3Uri(base);
  return { account, base: base.replace(/\/+$/, '') };
}

/** What is sent stands below the job's name: that of another job would be written over. */
async function checkNameIsFree(api: TrainingApi, name: string): Promise<void> {
  const other = await api.call('DescribeTrainingJob', { TrainingJobName: name }).catch((error) => {
    if (error instanceof Refused) return undefined;
    throw error;
  });
  if (other) throw new CommandFailed(nameInUse(other.TrainingJobArn).message);
}

/** Sends code and data. False when it was given up by Ctrl-C: then there is no job. */
async function sent(
  api: TrainingApi,
  name: string,
  flags: RunCommandFlags,
  places: RunPlaces,
): Promise<boolean> {
  const left = new AbortController();
  const leave = () => left.abort();
  process.once('SIGINT', leave);
  try {
    await sendInputs(api, name, flags, places, left.signal);
    return true;
  } catch (error) {
    if (!left.signal.aborted) throw error;
    console.error('trainyard: given up; no job was started.');
    return false;
  } finally {
    process.off('SIGINT', leave);
  }
}

/** A job that is followed to its end, or left. */
class FollowedRun {
  readonly #api: TrainingApi;
  readonly #name: string;
  readonly #flags: RunCommandFlags;
  readonly #screen: RunScreen;
  readonly #left = new AbortController();
  #stopAsked = false;

  constructor(api: TrainingApi, name: string, flags: RunCommandFlags) {
    this.#api = api;
    this.#name = name;
    this.#flags = flags;
    this.#screen = new RunScreen(flags.instances > 1);
    this.#screen.note('Ctrl-C stops the job');
  }

  async follow(): Promise<number> {
    const interruption = this.#interruption();
    const press = () => interruption.press(performance.now());
    process.on('SIGINT', press);
    try {
      const job = await this.#observed();
      interruption.cancel();
      return await this.#ended(job);
    } catch (error) {
      if (!this.#left.signal.aborted) throw error;
      return this.#leave();
    } finally {
      this.#screen.end();
      process.off('SIGINT', press);
    }
  }

  async #observed(): Promise<DescribeTrainingJobResponse> {
    const log = new JobLog(this.#api, { job: this.#name });
    const observations = followJob(this.#api, this.#name, log, this.#left.signal);
    for (;;) {
      const { value, done } = await observations.next();
      this.#left.signal.throwIfAborted();
      if (done) return value;
      if (value.kind === 'lines') await this.#screen.lines(value.lines);
      if (value.kind === 'job') this.#screen.job(value.job, Date.now() / 1000);
      if (value.kind === 'lost') this.#screen.say('trainyard: the server is gone; waiting for it.');
      if (value.kind === 'found') this.#screen.say('trainyard: the server is back.');
    }
  }

  #interruption(): Interruption {
    const { stopDelay } = this.#flags;
    return new Interruption({
      delayMs: stopDelay * 1000,
      onFirst: () => {
        const when = stopDelay === 0 ? 'now' : `in ${stopDelay} s`;
        this.#screen.say(`trainyard: stopping ${this.#name} ${when}; Ctrl-C again leaves it running.`);
      },
      onStop: () => void this.#stop(),
      onLeave: () => this.#left.abort(),
    });
  }

  async #stop(): Promise<void> {
    this.#stopAsked = true;
    this.#screen.note('Ctrl-C leaves it');
    try {
      await this.#api.call('StopTrainingJob', { TrainingJobName: this.#name });
    } catch (error) {
      this.#stopAsked = false;
      const what = error instanceof Unreachable ? `${error.message}; press Ctrl-C to leave` : String(error);
      this.#screen.say(`trainyard: ${this.#name} could not be stopped: ${what}`);
    }
  }

  #leave(): number {
    this.#screen.end();
    const state = this.#stopAsked ? 'is being stopped' : 'goes on';
    console.error(`trainyard: ${this.#name} ${state}. Follow it: trainyard logs -f ${this.#name}`);
    return EXIT.stopped;
  }

  async #ended(job: DescribeTrainingJobResponse): Promise<number> {
    this.#screen.end();
    const { TrainingJobStatus: status, FailureReason: why = '' } = job;
    if (status === 'Failed') {
      console.error(`trainyard: ${this.#name} failed: ${why}`);
      return EXIT.failed;
    }
    await this.#bringModel(job);
    console.error(`trainyard: ${this.#name} ${status.toLowerCase()}`);
    return status === 'Completed' ? EXIT.done : EXIT.stopped;
  }

  async #bringModel({
    ModelArtifacts: { S3ModelArtifacts: uri },
  }: DescribeTrainingJobResponse): Promise<void> {
    const folder = resolve(this.#flags.output ?? join(OUTPUT_FOLDER, this.#name));
    const storage = objectsOf(this.#api);
    try {
      const location = parseS3Uri(uri);
      const object = await storage.find(location);
      if (!object) return console.error('trainyard: the job left no model.');
      const path = join(folder, 'model.tar.gz');
      await download(storage, [{ object: { ...location, ...object }, path }], {
        what: 'downloading the model',
      });
      console.error(`trainyard: the model is ${path} (${bytes(object.size)})`);
    } finally {
      await storage.close();
    }
  }
}
