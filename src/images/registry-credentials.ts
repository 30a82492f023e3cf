import { execFile } from 'node:child_process';
import { z } from 'zod';

/** What a private registry is asked with. */
export interface RegistryCredentials {
  readonly username: string;
  readonly password: string;
}

/** What answers for an ARN of a credentials provider: a program with its arguments, or an address that is posted to. */
export type CredentialsProvider = { readonly command: readonly string[] } | { readonly url: string };

/** By the ARN that jobs name them with in `TrainingRepositoryCredentialsProviderArn`. */
export type CredentialsProviders = Readonly<Record<string, CredentialsProvider>>;

/** A provider did not answer, or with something else; the message says which and why in one line. */
export class NoCredentials extends Error {
  constructor(arn: string, why: string) {
    super(`The credentials of ${arn} can't be had: ${why}.`);
    this.name = 'NoCredentials';
  }
}

const PATIENCE_MS = 30_000;
const LONGEST_ANSWER = 64 * 1024;

/** What SageMaker's Lambda functions of this kind answer: `{"Credentials": {"Username": …, "Password": …}}`. */
const answer = z.object({
  Credentials: z.object({ Username: z.string().min(1), Password: z.string() }),
});

/** Asks the provider that an ARN is mapped to. Rejects with `NoCredentials`. What it answered is in no message. */
export async function askForCredentials(
  providers: CredentialsProviders,
  arn: string,
  signal?: AbortSignal,
): Promise<RegistryCredentials> {
  const provider = Object.hasOwn(providers, arn) ? providers[arn] : undefined;
  if (!provider) throw new NoCredentials(arn, 'it is not mapped under images.credentials');
  const text =
    'url' in provider ? await post(arn, provider.url, signal) : await output(arn, provider.command, signal);
  return readAnswer(arn, text);
}

async function post(arn: string, url: string, signal: AbortSignal | undefined): Promise<string> {
  const limit = AbortSignal.timeout(PATIENCE_MS);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    const text = await response.text();
    if (!response.ok) throw new NoCredentials(arn, `${url} answered with status ${response.status}`);
    return text;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof NoCredentials) throw error;
    const { cause, message } = error as Error;
    throw new NoCredentials(
      arn,
      `${url} can't be reached (${cause instanceof Error ? cause.message : message})`,
    );
  }
}

function output(
  arn: string,
  [program = '', ...words]: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string> {
  const options = { timeout: PATIENCE_MS, maxBuffer: LONGEST_ANSWER, ...(signal && { signal }) };
  return new Promise((resolve, reject) => {
    execFile(program, words, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      if (signal?.aborted) return reject(signal.reason);
      const said = stderr.trim().split('\n').at(-1) || reasonOf(error);
      reject(new NoCredentials(arn, `${program} failed (${said})`));
    });
  });
}

function reasonOf({ code, killed }: { code?: unknown; killed?: boolean }): string {
  if (killed) return `no answer within ${PATIENCE_MS / 1000} seconds`;
  return typeof code === 'number' ? `exit code ${code}` : String(code);
}

function readAnswer(arn: string, text: string): RegistryCredentials {
  const parsed = answer.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new NoCredentials(arn, 'the answer is not {"Credentials": {"Username": …, "Password": …}}');
  }
  const { Username: username, Password: password } = parsed.data.Credentials;
  return { username, password };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
