/** A CreateTrainingJob request as JSON. */
export const asJson = (request: object): string => JSON.stringify(request, null, 2);

/** As a command of the AWS CLI, for a POSIX shell. */
export const asAwsCommand = (request: object): string =>
  `aws sagemaker create-training-job --cli-input-json ${quotedForShell(asJson(request))}\n`;

/** As a call of boto3. */
export const asBoto3 = (request: object): string =>
  [
    'import boto3',
    '',
    'sagemaker = boto3.client("sagemaker")',
    'sagemaker.create_training_job(',
    ...Object.entries(request).map(([name, value]) => `    ${name}=${asPython(value, '    ')},`),
    ')',
    '',
  ].join('\n');

/** In single quotes nothing means anything but the quote itself. */
const quotedForShell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** JSON's strings and numbers are Python's too. */
function asPython(value: unknown, indent: string): string {
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (value === null || value === undefined) return 'None';
  if (typeof value !== 'object') return JSON.stringify(value);
  const inner = `${indent}    `;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const entries = Array.isArray(value)
    ? value.map((each) => asPython(each, inner))
    : Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${asPython(each, inner)}`);
  if (entries.length === 0) return `${open}${close}`;
  return `${open}\n${entries.map((entry) => `${inner}${entry},\n`).join('')}${indent}${close}`;
}
