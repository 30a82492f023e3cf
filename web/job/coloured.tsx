import { ansiPieces, type Piece } from './ansi.ts';

/** A line of output in its colours. It is text and stays text; `mark` is a text to be seen in it. */
export function Coloured({ text, mark = '' }: { readonly text: string; readonly mark?: string }) {
  const pieces = ansiPieces(text);
  const level = pieces.every(({ style }) => style === '') ? levelOf(text) : '';
  return (
    <span class={`text ${level}`}>
      {pieces.flatMap((piece, index) =>
        marked(piece, mark).map((part, at) => <Part key={`${index}.${at}`} {...part} />),
      )}
    </span>
  );
}

const Part = ({ text, style, isMarked }: Piece & { readonly isMarked: boolean }) => {
  const shown = isMarked ? <mark>{text}</mark> : text;
  return style ? <span class={style}>{shown}</span> : shown;
};

function marked({ text, style }: Piece, mark: string): (Piece & { readonly isMarked: boolean })[] {
  if (mark === '') return [{ text, style, isMarked: false }];
  const parts: (Piece & { readonly isMarked: boolean })[] = [];
  const lower = text.toLowerCase();
  const wanted = mark.toLowerCase();
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    parts.push({ text: text.slice(from, at), style, isMarked: false });
    parts.push({ text: text.slice(at, at + wanted.length), style, isMarked: true });
    from = at + wanted.length;
  }
  parts.push({ text: text.slice(from), style, isMarked: false });
  return parts.filter((part) => part.text !== '');
}

/** What a line says of itself, where it has no colours of its own. */
function levelOf(text: string): string {
  if (/\b(error|exception|fatal|critical|traceback)\b|\w+Error:/i.test(text)) return 'ansi-red';
  return /\bwarn(ing)?\b/i.test(text) ? 'ansi-yellow' : '';
}
