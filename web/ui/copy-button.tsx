import { useState } from 'preact/hooks';

/** Puts a text on the clipboard, and says so. */
export function CopyButton({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) {
  const [said, setSaid] = useState(label);
  const copy = async () => {
    setSaid(
      await navigator.clipboard.writeText(text).then(
        () => 'Copied',
        () => 'Not allowed here',
      ),
    );
    setTimeout(() => setSaid(label), 2000);
  };
  return (
    <button type="button" onClick={copy} aria-live="polite">
      {said}
    </button>
  );
}
