import { XMLBuilder } from 'fast-xml-parser';

/** An element's content: a text, or children by name, of which a list repeats. */
export type XmlContent = string | readonly XmlContent[] | { readonly [name: string]: XmlContent };

const builder = new XMLBuilder({
  ignoreAttributes: false,
  processEntities: false,
  tagValueProcessor: escapeText,
});

/** A document with its root in a namespace. */
export const buildXml = (root: string, namespace: string, content: { readonly [name: string]: XmlContent }) =>
  builder.build({ [root]: { '@_xmlns': namespace, ...content } });

/** XML 1.0 has no way to write most control characters: they are shown as what stands for them in Unicode. */
function escapeText(_name: string, value: unknown): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return String(value).replace(/[&<>"\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, escapeCharacter);
}

const NAMED: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
]);

const escapeCharacter = (character: string): string => NAMED.get(character) ?? '\ufffd';
