import { readFile } from 'node:fs/promises';

/** A block of code of a page: ```` ```python run=sdk2 ```` is run by a test, ```` ```csv file=rows.csv ```` is a file that it needs. */
export interface Block {
  readonly language: string;
  readonly what: 'run' | 'file' | undefined;
  readonly name: string;
  readonly text: string;
}

/** The blocks of a page; `page` from the root of the checkout: `docs/BOTO3.md`. */
export async function blocksOf(page: string): Promise<readonly Block[]> {
  const text = await readFile(new URL(`../../${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^```(\w+)(?: (run|file)=(\S+))?\n(.*?)^```$/gms)].map(
    ([, language = '', what, name = '', content = '']) => ({
      ...{ language, name, text: content },
      what: what === 'run' || what === 'file' ? what : undefined,
    }),
  );
}

/** The one block of a page that is run by this name. */
export async function blockOf(page: string, name: string): Promise<Block> {
  const [block, ...more] = (await blocksOf(page)).filter((each) => each.what === 'run' && each.name === name);
  if (!block || more.length > 0) throw new Error(`${page} has one block to run as ${name}`);
  return block;
}
