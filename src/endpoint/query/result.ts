import { type ShapeName, shape } from '../../model/shapes.ts';
import type { XmlContent } from './xml.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** An operation's output as the query protocol's XML has it: members in the model's order, lists and maps in their wrappers. */
export function resultContent(name: ShapeName, output: unknown): { readonly [name: string]: XmlContent } {
  const of = shape(name);
  if (of.type !== 'structure') throw new TypeError(`the output ${name} is not a structure`);
  const content: Record<string, XmlContent> = {};
  for (const [member, memberShape] of Object.entries(of.members)) {
    const value = (output as JsonObject)[member];
    if (value !== undefined && value !== null) content[member] = render(memberShape, value);
  }
  return content;
}

function render(name: ShapeName, value: unknown): XmlContent {
  const of = shape(name);
  switch (of.type) {
    case 'structure':
      return resultContent(name, value);
    case 'list':
      return { member: (value as readonly unknown[]).map((element) => render(of.member, element)) };
    case 'map':
      return {
        entry: Object.entries(value as JsonObject).map(([key, entry]) => ({
          key,
          value: render(of.value, entry),
        })),
      };
    case 'timestamp':
      return iso(value as number);
    default:
      return String(value);
  }
}

/** Epoch seconds as ISO 8601, with a fraction only where there is one. */
const iso = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
