import { z } from 'zod';
import { nameMapComplaint } from './image-names.ts';

const ARN = /^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:.+$/;

const provider = z.union([
  z.strictObject({
    command: z
      .array(z.string().min(1))
      .min(1)
      .describe('A program with its arguments that prints the credentials.'),
  }),
  z.strictObject({ url: z.url().describe('An address that is posted to and answers with them.') }),
]);

/** The settings of all that has to do with images, whichever executor runs them. */
export const imageSettings = z.strictObject({
  names: z
    .record(z.string().min(1), z.string())
    .default({})
    .superRefine((names, context) => {
      for (const [pattern, target] of Object.entries(names)) {
        const message = nameMapComplaint(pattern, target);
        if (message !== undefined) context.addIssue({ code: 'custom', path: [pattern], message });
      }
    })
    .describe('Which image is meant by a name, exactly or by a pattern with * (repeated as $1).'),
  pull: z
    .enum(['always', 'whenReachable', 'never'])
    .default('always')
    .describe(
      'Whether tags are looked up for each job; "whenReachable" takes the image that a tag was last when the registry is down.',
    ),
  insecureRegistries: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Registries that are spoken to without TLS, or without checking it. Those on loopback are anyway.',
    ),
  credentials: z
    .record(z.string().regex(ARN, 'an ARN of a Lambda function is expected'), provider)
    .default({})
    .describe('What answers for TrainingRepositoryCredentialsProviderArn.'),
  logins: z
    .record(z.string().min(1), provider)
    .default({})
    .describe(
      'What answers with the credentials of a registry (host and port), which ECR GetAuthorizationToken tells its callers.',
    ),
  cache: z
    .strictObject({
      maxGB: z
        .number()
        .positive()
        .default(100)
        .describe('Of unpacked images; those in use are never removed.'),
      maxUnusedDays: z.number().positive().default(30),
    })
    .prefault({}),
});

export type ImageSettings = z.infer<typeof imageSettings>;

/** Whether a registry is spoken to without TLS, or without checking it: one on loopback is, as Docker does it. */
export function isInsecure(
  { insecureRegistries }: Pick<ImageSettings, 'insecureRegistries'>,
  registry: string,
): boolean {
  if (insecureRegistries.includes(registry)) return true;
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(registry);
}
