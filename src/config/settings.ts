import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { dockerSettings } from '../executors/docker/config.ts';
import { absolutePath, processSettings } from '../executors/process/config.ts';
import { vpcSettings } from '../executors/process/network/vpc.ts';
import { imageSettings } from '../images/image-settings.ts';
import { instanceType } from '../model/shapes.ts';

const dataHome = () => process.env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share');

const accessKey = z.strictObject({
  accessKeyId: z.string().regex(/^\w{16,128}$/, 'an access key id is 16 to 128 letters, digits and _'),
  secretAccessKey: z.string().min(16),
});

const s3 = z.discriminatedUnion('kind', [
  /** The embedded store, in the data directory. */
  z.strictObject({ kind: z.literal('embedded') }),
  /** Another S3. Without credentials: those of the AWS SDK's default chain. */
  z.strictObject({
    kind: z.literal('s3'),
    endpoint: z.url().optional(),
    region: z.string().optional(),
    credentials: accessKey.optional(),
    pathStyle: z.boolean().default(true),
  }),
]);

const knownType = z.string().refine((type) => instanceType(type) !== undefined, 'is not an instance type');

/** Instances of types that share them. A number stands for a pool of the one type that names it. */
const pool = z.union([
  z.int().min(0),
  z.strictObject({ instanceTypes: z.array(knownType).min(1), instances: z.int().min(0) }),
]);

const capacity = z
  .record(z.string().min(1), pool)
  .transform((pools) =>
    Object.fromEntries(
      Object.entries(pools).map(([name, each]) => [
        name,
        typeof each === 'number' ? { instanceTypes: [name], instances: each } : each,
      ]),
    ),
  )
  .superRefine((pools, context) => {
    const known = new Set<string>();
    for (const [name, { instanceTypes }] of Object.entries(pools)) {
      for (const type of instanceTypes) {
        const message = !instanceType(type)
          ? `${type} is not an instance type`
          : known.has(type) && `${type} is in more than one pool`;
        if (message) context.addIssue({ code: 'custom', path: [name], message });
        known.add(type);
      }
    }
  });

const roleName = z.string().regex(/^[\w+=,.@/-]{1,512}$/, 'not a name of a role');
const prefix = z
  .string()
  .regex(/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/.*)?$/, 'a prefix is s3://bucket/key');

/** A role that may use the objects under some prefixes, and nothing else. */
const role = z.strictObject({
  name: roleName,
  read: z.array(prefix).default([]),
  write: z.array(prefix).default([]),
});

const events = z.strictObject({
  /** How long events are kept to be read again, and how long a webhook is tried (EventBridge: 24). */
  retentionHours: z.number().positive().default(24),
  /** Who is sent each change of a job's status. */
  webhooks: z
    .array(
      z.strictObject({
        url: z.url({ protocol: /^https?$/ }),
        /** Signs what is sent. */
        secret: z
          .string()
          .regex(
            /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/,
            'a secret is whsec_ and 24 to 64 random bytes in base64: echo "whsec_$(openssl rand -base64 32)"',
          ),
        /** How long it may take to answer. */
        timeoutSeconds: z.number().positive().max(300).default(15),
      }),
    )
    .refine((all) => new Set(all.map(({ url }) => url)).size === all.length, 'two webhooks have the same url')
    .default([]),
});

/** Every setting there is, with its default. The same names in trainyard.yaml; a few also as environment variables and flags. */
export const settingsSchema = z.strictObject({
  /** The address that the server binds to: loopback unless told otherwise. */
  host: z.string().default('127.0.0.1'),
  /** 0: any free one. */
  port: z.number().int().min(0).max(65535).default(7117),
  /** Everything the server keeps: database, objects, logs, instances, keys. */
  dataDir: z.string().default(() => join(dataHome(), 'trainyard')),
  account: z
    .string()
    .regex(/^\d{12}$/, 'an account id is 12 digits')
    .default('123456789012'),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'not a region name')
    .default('us-east-1'),
  /** Access keys besides the one that is made on first start. */
  accessKeys: z.array(accessKey).default([]),
  /** The roles that jobs may run as: a name alone may do what the owner may. */
  roles: z.array(z.union([roleName, role])).default(['trainyard']),
  /** How many instances of a type jobs may use at a time; `*`: of each type that is not named. More wait as Pending. */
  quotas: z.record(z.union([z.literal('*'), knownType]), z.int().min(0)).default({}),
  /** How many instances there are of a type, or of several together. Types that are in no pool have the whole machine. */
  capacity: capacity.prefault({}),
  stop: z
    .strictObject({
      /** Seconds between SIGTERM and SIGKILL (SageMaker: 120). */
      graceSeconds: z.number().min(0).default(120),
    })
    .prefault({}),
  s3: s3.default({ kind: 'embedded' }),
  kms: z
    .strictObject({
      /** Names of the embedded store's further KMS keys; `alias/aws/s3` always exists. */
      keys: z.array(z.string().regex(/^[\w/-]+$/)).default([]),
    })
    .prefault({}),
  proxy: z
    .strictObject({
      /** What `env --proxy` leads to others than AWS: on to them, for callers on this machine, or nowhere. */
      others: z.enum(['tunnel', 'refuse']).default('tunnel'),
      /** Whether jobs with a network find the proxy in their environment too. */
      jobs: z.boolean().default(false),
    })
    .prefault({}),
  /** File systems that channels may be folders of (FileSystemDataSource), by the ids that requests name them with. */
  fileSystems: z
    .record(
      z.string().regex(/^fs-[0-9a-f]{8,18}$/, 'an id of a file system is fs- and 8 to 18 hexadecimal digits'),
      z.strictObject({
        /** The folder of this machine that is the root of the file system. */
        path: absolutePath,
        /** What requests must call it. Absent: as they like. */
        type: z.enum(['EFS', 'FSxLustre']).optional(),
      }),
    )
    .default({}),
  /** What VpcConfig of a request may name. */
  vpc: vpcSettings.prefault({}),
  sync: z
    .strictObject({
      /** The end of a job waits for its checkpoints and TensorBoard files as long as some of it gets to S3 within so many seconds. */
      patienceSeconds: z.number().positive().default(300),
    })
    .prefault({}),
  /** What instances cost, for the page: `{currency: EUR, perHour: {ml.m5.large: 0.13, "*": 0.5}}`. */
  prices: z
    .strictObject({
      currency: z.string().min(1).max(10).default('USD'),
      /** Per hour of an instance of the type; `*`: of each that is not named. */
      perHour: z.record(z.union([z.literal('*'), knownType]), z.number().min(0)).default({}),
    })
    .prefault({}),
  events: events.prefault({}),
  /** Jobs live by a clock that can be advanced, for test suites: `trainyard clock advance 28d`. */
  testClock: z.boolean().default(false),
  /** Which images are meant by names, and where they come from. */
  images: imageSettings.prefault({}),
  /** How many of the packages that scripts' requirements were installed to are kept; those in use always are. */
  packages: z
    .strictObject({
      maxGB: z.number().positive().default(20),
      maxUnusedDays: z.number().positive().default(30),
    })
    .prefault({}),
  metrics: z
    .strictObject({
      /** Seconds between two samples of what an instance uses. */
      sampleSeconds: z.number().min(0.1).max(60).default(5),
      /** Days that these samples are kept. CloudWatch keeps its own of a minute as long. */
      retentionDays: z.number().positive().default(15),
    })
    .prefault({}),
  /** What runs jobs. `auto`: containers where an engine is found, else processes. */
  executor: z.enum(['process', 'docker', 'auto']).default('process'),
  executors: z
    .strictObject({
      process: processSettings(availableParallelism()).prefault({}),
      docker: dockerSettings(availableParallelism()).prefault({}),
    })
    .prefault({}),
});

export type Settings = z.infer<typeof settingsSchema>;
