import { useState } from 'preact/hooks';
import { CopyButton } from '../ui/copy-button.tsx';
import { asAwsCommand, asBoto3, asJson } from './request-languages.ts';

const LANGUAGES = { JSON: asJson, 'AWS CLI': asAwsCommand, boto3: asBoto3 } as const;

/** A request, and the calls that make it. */
export function RequestText({ request }: { readonly request: object }) {
  const [language, setLanguage] = useState<keyof typeof LANGUAGES>('JSON');
  const text = LANGUAGES[language](request);
  return (
    <div class="request">
      <div class="bar">
        <fieldset class="switch">
          <legend class="hidden">The request as</legend>
          {(Object.keys(LANGUAGES) as (keyof typeof LANGUAGES)[]).map((each) => (
            <label key={each} class="check">
              <input
                type="radio"
                name="language"
                checked={language === each}
                onChange={() => setLanguage(each)}
              />
              {each}
            </label>
          ))}
        </fieldset>
        <span class="space" />
        <CopyButton text={text} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard */}
      <pre tabIndex={0}>{text}</pre>
    </div>
  );
}
