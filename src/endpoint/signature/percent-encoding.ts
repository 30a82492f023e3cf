const UNRESERVED_ONLY = /^[A-Za-z0-9\-._~]*$/;
const UNRESERVED = /[A-Za-z0-9\-._~]/;
const ESCAPE = /^%[0-9A-Fa-f]{2}$/;

/**
 * The canonical form of one percent-encoded component, as AWS signs it: each byte encoded, but for the unreserved characters of
 * RFC 3986, with upper-case digits. Works on bytes (the text is what node:http gives: one character per byte), so that it
 * holds for text that isn't UTF-8 too. `keep` names further characters that stay as they are.
 */
export function canonicalComponent(text: string, keep = ''): string {
  if (UNRESERVED_ONLY.test(text)) return text;
  let canonical = '';
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '%' && ESCAPE.test(text.slice(at, at + 3))) {
      canonical += encodeByte(Number.parseInt(text.slice(at + 1, at + 3), 16), '');
      at += 2;
    } else {
      canonical += encodeByte(text.charCodeAt(at), keep);
    }
  }
  return canonical;
}

function encodeByte(byte: number, keep: string): string {
  const character = String.fromCharCode(byte);
  if (UNRESERVED.test(character) || keep.includes(character)) return character;
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** The text that a component of a query string stands for; what isn't well-formed stays as it was sent. */
export function decodeQueryComponent(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
