import { createHmac } from 'node:crypto';
import type { Credential, CredentialStore } from '../endpoint/signature/credentials.ts';

/** A temporary access key of a job, as its containers see it in their environment. */
export interface JobAccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

interface AccessKeyOptions {
  readonly account: string;
  /** The owner's keys, by id. */
  readonly owner: readonly { readonly accessKeyId: string; readonly secretAccessKey: string }[];
  readonly jobKeySecret: string;
  /** The role's ARN of a job that has not ended. */
  runningRole(jobId: number): string | undefined;
}

const JOB_KEY_PREFIX = 'ASIA';
const JOB_KEY_DIGITS = 16;

/**
 * The access keys that may sign requests: the owner's, and one for each running job. A job's key is derived from its number, so
 * there is nothing to store and nothing to lose; it is good until the job ends.
 */
export class AccessKeys implements CredentialStore {
  readonly #owner: ReadonlyMap<string, Credential>;
  readonly #options: AccessKeyOptions;

  constructor(options: AccessKeyOptions) {
    this.#options = options;
    const callerArn = `arn:aws:iam::${options.account}:root`;
    this.#owner = new Map(
      options.owner.map(({ accessKeyId, secretAccessKey }) => [accessKeyId, { secretAccessKey, callerArn }]),
    );
  }

  find(accessKeyId: string): Credential | undefined {
    return this.#owner.get(accessKeyId) ?? this.#findJob(accessKeyId);
  }

  ofJob(jobId: number): JobAccessKey {
    return {
      accessKeyId: jobKeyId(jobId),
      secretAccessKey: this.#derive('secret', jobId),
      sessionToken: this.#derive('token', jobId),
    };
  }

  #findJob(accessKeyId: string): Credential | undefined {
    const jobId = Number.parseInt(accessKeyId.slice(JOB_KEY_PREFIX.length), 36);
    if (!Number.isSafeInteger(jobId) || jobKeyId(jobId) !== accessKeyId) return undefined;
    const { secretAccessKey, sessionToken } = this.ofJob(jobId);
    const role = this.#options.runningRole(jobId);
    const callerArn = assumedRoleArn(role ?? `arn:aws:iam::${this.#options.account}:role/ended`);
    return { secretAccessKey, sessionToken, callerArn, expired: role === undefined };
  }

  #derive(what: string, jobId: number): string {
    return createHmac('sha256', this.#options.jobKeySecret)
      .update(`${what} of job ${jobId}`)
      .digest('base64url');
  }
}

/** `arn:aws:sts::<account>:assumed-role/<role>/SageMaker` of a role's ARN: what a job's GetCallerIdentity says. */
function assumedRoleArn(roleArn: string): string {
  const [, , , , account = '', resource = ''] = roleArn.split(':');
  return `arn:aws:sts::${account}:assumed-role/${resource.split('/').at(-1)}/SageMaker`;
}

const jobKeyId = (jobId: number): string =>
  JOB_KEY_PREFIX + jobId.toString(36).toUpperCase().padStart(JOB_KEY_DIGITS, '0');
