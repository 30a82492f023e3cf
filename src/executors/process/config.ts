import { z } from 'zod';

/** The image that is this machine itself: its files, its interpreters, its libraries. */
export const HOST_IMAGE = 'trainyard/host:latest';
/** This machine again, as an image that runs training scripts. */
export const SCRIPT_IMAGE = 'trainyard/script:latest';

/** A path of this machine. */
export const absolutePath = z
  .string()
  .regex(/^\/([^\0]*[^\0/])?$/, 'must be an absolute path without a trailing slash')
  .refine((path) => !path.split('/').includes('..'), 'must not contain ".."');

const environmentName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a name of letters, digits and underscores');

const command = z.array(z.string()).min(1);

const bind = z.strictObject({
  path: absolutePath.describe('A file or folder of the machine, seen at the same path.'),
  readOnly: z.boolean().default(true),
});

const image = z.strictObject({
  root: absolutePath.describe('The folder that holds the image’s files; "/" is this machine.'),
  entrypoint: command.optional().describe('As an image’s ENTRYPOINT.'),
  environment: z.record(environmentName, z.string()).default({}),
  workdir: absolutePath.default('/'),
  script: z
    .boolean()
    .default(false)
    .describe('Runs training scripts, as the images of SageMaker’s frameworks do. Needs a python3.'),
  binds: z.array(bind).default([]),
});

/** An image as a file or folder of this machine, as tools of images write it. A tag may follow the path. */
const storedImage = z.union([
  z.strictObject({ oci: absolutePath.describe('A folder in the layout of OCI: /path or /path:tag.') }),
  z.strictObject({ ociArchive: absolutePath.describe('The same as a tar archive.') }),
  z.strictObject({
    dockerArchive: absolutePath.describe('What docker save writes: /path or /path:name:tag.'),
  }),
]);

/** The settings of the `process` executor on a machine with that many cores. */
export function processSettings(cores: number) {
  return z.strictObject({
    sandbox: z
      .enum(['bubblewrap', 'none'])
      .default('bubblewrap')
      .describe(
        '"none" is for containers in which no sandbox can be made: one job at a time, seeing all of the machine.',
      ),
    gpus: z
      .enum(['required', 'optional'])
      .default('required')
      .describe('Whether an instance type with GPUs needs as many of the machine’s.'),
    images: z
      .record(z.string().min(1), z.union([image, storedImage]))
      .default({})
      .transform(withHostImage)
      .describe('The images that jobs may name, besides the machine itself.'),
    network: z
      .enum(['auto', 'namespaces', 'shared'])
      .default('auto')
      .describe(
        'Where the instances of a job reach each other: in network namespaces of their own ("namespaces"), on this machine’s ' +
          'network ("shared"), or the first where this machine can.',
      ),
    hidden: z.array(absolutePath).default([]).describe('Paths of the machine that no job may see.'),
    maxInstances: z.int().positive().default(cores).describe('How many instances may run at once.'),
  });
}

/** The machine itself is two images too, unless the settings make others of their names. */
const withHostImage = (
  images: Record<string, ImageConfig | StoredImage>,
): Record<string, ImageConfig | StoredImage> => ({
  [HOST_IMAGE]: image.parse({ root: '/' }),
  [SCRIPT_IMAGE]: image.parse({ root: '/', script: true }),
  ...images,
});

export type ProcessConfig = z.infer<ReturnType<typeof processSettings>>;
export type ImageConfig = z.infer<typeof image>;
export type StoredImage = z.infer<typeof storedImage>;

/** Whether an image is a folder with its files, and not yet to be unpacked. */
export const isFolder = (image: ImageConfig | StoredImage): image is ImageConfig => 'root' in image;
