import { useState } from 'preact/hooks';

interface ConfirmProps {
  /** What the button says, and does when it is pressed twice. */
  readonly action: string;
  readonly run: () => Promise<void>;
  readonly disabled?: boolean;
  readonly question: string;
}

/** A button for what can't be undone: it asks first, in its own place, and tells what went wrong. */
export function Confirm({ action, run, disabled, question }: ConfirmProps) {
  const [stage, setStage] = useState<'idle' | 'asking' | 'running'>('idle');
  const [problem, setProblem] = useState('');
  const go = async () => {
    setStage('running');
    setProblem('');
    try {
      await run();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
    setStage('idle');
  };
  return (
    <span class="confirm">
      {stage === 'idle' ? (
        <button type="button" disabled={disabled} onClick={() => setStage('asking')}>
          {action}
        </button>
      ) : (
        <>
          <span>{question}</span>
          <button
            type="button"
            class="danger"
            disabled={stage === 'running'}
            onClick={go}
            ref={(button) => button?.focus()}
          >
            {action}
          </button>
          <button type="button" disabled={stage === 'running'} onClick={() => setStage('idle')}>
            Keep
          </button>
        </>
      )}
      {problem && (
        <span class="complaint" role="alert">
          {problem}
        </span>
      )}
    </span>
  );
}
