import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser';
import type { z } from 'zod';
import { MALFORMED_XML } from './errors.ts';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** An XML element's content: a text, or children by name, of which an array repeats and `undefined` is left out. */
export type XmlContent =
  | string
  | number
  | boolean
  | undefined
  | readonly XmlContent[]
  | { readonly [name: string]: XmlContent };

export interface XmlDocument {
  readonly root: string;
  readonly content: { readonly [name: string]: XmlContent };
}

export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

const builder = new XMLBuilder({
  ignoreAttributes: false,
  processEntities: false,
  tagValueProcessor: (_name, value) => escapeText(String(value)),
});

/** The document without its declaration. */
export const buildXml = ({ root, content }: XmlDocument): string =>
  builder.build({ [root]: { '@_xmlns': NAMESPACE, ...content } });

/** As S3 does, `<Error>` has no namespace. */
export const buildErrorXml = (content: XmlDocument['content']): string => builder.build({ Error: content });

/**
 * Keys may hold any character. Control characters (and the carriage return, which parsers turn into a line feed) are written as
 * character references, as S3 writes them, though XML 1.0 has none for most; a client that needs strict XML asks for
 * `encoding-type=url`.
 */
function escapeText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[&<>"\u0000-\u0008\u000b-\u001f\u007f\ufffe\uffff]/g, escapeCharacter);
}

const NAMED = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
]);

const escapeCharacter = (character: string): string =>
  NAMED.get(character) ?? `&#x${character.charCodeAt(0).toString(16)};`;

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  removeNSPrefix: true,
  parseTagValue: false,
  trimValues: false,
  // Only XML's own five entities and character references: a document can't define any.
  entityDecoder: {
    setExternalEntities() {},
    addInputEntities() {},
    reset() {},
    setXmlVersion() {},
    decode: decodeEntities,
  },
});

const ENTITIES = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

function decodeEntities(text: string): string {
  return text.replace(/&([^;\s&]*);?/g, (reference: string, name: string) => {
    const known = ENTITIES.get(name);
    const number = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/i.exec(name);
    if (!reference.endsWith(';') || (known === undefined && !number)) throw MALFORMED_XML();
    if (known !== undefined) return known;
    const code = number?.[1] ? Number.parseInt(number[1], 16) : Number(number?.[2]);
    if (code > 0x10ffff) throw MALFORMED_XML();
    return String.fromCodePoint(code);
  });
}

/** Reads a document with this root into what the schema says; anything else is MalformedXML. */
export function parseXml<Schema extends z.ZodType>(
  text: string,
  root: string,
  schema: Schema,
): z.output<Schema> {
  if (text.includes('<!DOCTYPE') || XMLValidator.validate(text) !== true) throw MALFORMED_XML();
  const document = parseDocument(text);
  const content = document[root];
  if (content === undefined || Object.keys(document).length !== 1) throw MALFORMED_XML();
  const result = schema.safeParse(withoutLayout(content));
  if (!result.success) throw MALFORMED_XML();
  return result.data;
}

function parseDocument(text: string): Record<string, unknown> {
  try {
    const { '#text': outside, ...document } = parser.parse(text) as Record<string, unknown>;
    if (typeof outside === 'string' && outside.trim() !== '') throw MALFORMED_XML();
    return document;
  } catch {
    throw MALFORMED_XML();
  }
}

/** Drops the white space between elements. An element with nothing in it is an empty text, whatever it was meant to be. */
function withoutLayout(content: unknown): unknown {
  if (Array.isArray(content)) return content.map(withoutLayout);
  if (typeof content !== 'object' || content === null) return content;
  return Object.fromEntries(
    Object.entries(content)
      .filter(([name, value]) => name !== '#text' || String(value).trim() !== '')
      .map(([name, value]) => [name, withoutLayout(value)]),
  );
}
