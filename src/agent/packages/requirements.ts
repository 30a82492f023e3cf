/** A name, with extras, versions and a marker: what alone says which packages are meant. */
const REQUIREMENT = /^[A-Za-z0-9][\w.-]*\s*(\[[\w\s,.-]*\])?\s*([=<>!~][^;@]*)?(;.*)?$/;

/**
 * What a `requirements.txt` asks for, without what makes no difference. Undefined where something else has a say in it (an option,
 * a file, an address), or nothing is asked for: then it can't be told by its text whether two are the same.
 */
export function plainRequirements(text: string): string | undefined {
  const lines = text
    .replaceAll(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
  return lines.length > 0 && lines.every((line) => REQUIREMENT.test(line))
    ? `${lines.join('\n')}\n`
    : undefined;
}
