import { useId, useState } from 'preact/hooks';
import { type Shape, type ShapeName, type StructureShape, shape } from '../../src/model/shapes.ts';
import { lowerFirst } from '../../src/model/wire-json.ts';
import { type Complaints, isMissing } from './validation.ts';

/** A value of the request while it is written: a number that is none yet is its text. */
export type Draft =
  | string
  | number
  | boolean
  | undefined
  | readonly Draft[]
  | { readonly [name: string]: Draft };

export interface FieldProps {
  readonly name: ShapeName;
  readonly label: string;
  /** As in AWS's messages. */
  readonly path: string;
  readonly value: Draft;
  readonly isRequired: boolean;
  readonly complaints: Complaints;
  /** Whether what is missing is told too. */
  readonly isStrict: boolean;
  readonly onChange: (value: Draft) => void;
  readonly onRemove?: () => void;
}

/** A field for a value of any shape of the model. */
export function ShapeField(props: FieldProps) {
  const of = shape(props.name);
  switch (of.type) {
    case 'structure':
      return <StructureField {...props} of={of} />;
    case 'list':
      return <ListField {...props} member={of.member} />;
    case 'map':
      return <MapField {...props} />;
    case 'boolean':
      return <BooleanField {...props} />;
    default:
      return <TextField {...props} of={of} />;
  }
}

/** What a new value of a shape begins with. */
export function emptyOf(name: ShapeName): Draft {
  const of = shape(name);
  switch (of.type) {
    case 'structure':
      return Object.fromEntries((of.required ?? []).flatMap((member) => requiredMember(of, member)));
    case 'list':
      return [emptyOf(of.member)];
    case 'map':
      return { '': '' };
    case 'boolean':
      return true;
    default:
      return undefined;
  }
}

function requiredMember(of: StructureShape, member: string): [string, Draft][] {
  const name = of.members[member];
  const { type } = name ? shape(name) : { type: 'string' };
  return name && type === 'structure' ? [[member, emptyOf(name)]] : [];
}

const Complaint = ({
  path,
  complaints,
  isStrict,
  id,
}: Pick<FieldProps, 'path' | 'complaints' | 'isStrict'> & { readonly id: string }) => {
  const told = (complaints.get(path) ?? []).filter((message) => isStrict || !isMissing(message));
  return (
    <div id={id} class="complaint" aria-live="polite">
      {told.map((message) => (
        <p key={message}>{message}</p>
      ))}
    </div>
  );
};

const hasComplaint = ({ path, complaints, isStrict }: FieldProps): boolean =>
  (complaints.get(path) ?? []).some((message) => isStrict || !isMissing(message));

const Remove = ({ label, onRemove }: Pick<FieldProps, 'label' | 'onRemove'>) =>
  onRemove ? (
    <button type="button" class="plain" aria-label={`Remove ${label}`} onClick={onRemove}>
      Remove
    </button>
  ) : null;

function TextField(props: FieldProps & { readonly of: Shape }) {
  const { of, label, value, isRequired, onChange } = props;
  const id = useId();
  const isNumber = of.type !== 'string';
  const values = of.type === 'string' ? of.enum : undefined;
  const [isTouched, setTouched] = useState(false);
  const isStrict = props.isStrict || isTouched;
  const told = { ...props, isStrict };
  const common = {
    id,
    'aria-describedby': `${id}-complaint`,
    'aria-invalid': hasComplaint(told),
    'aria-required': isRequired,
    onBlur: () => setTouched(true),
  };
  const text = value === undefined ? '' : String(value);
  const take = (typed: string) => onChange(typed === '' ? undefined : isNumber ? numberOrText(typed) : typed);
  return (
    <div class="field">
      <label for={id}>
        {label}
        {isRequired && <span class="quiet"> required</span>}
      </label>
      <div class="inline">
        {values && values.length <= 12 ? (
          <select {...common} value={text} onChange={(event) => take(event.currentTarget.value)}>
            <option value="">–</option>
            {values.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        ) : (
          <>
            <input
              {...common}
              value={text}
              placeholder={hintOf(of)}
              inputMode={isNumber ? 'numeric' : 'text'}
              list={values ? `${id}-values` : undefined}
              spellcheck={false}
              autocomplete="off"
              onInput={(event) => take(event.currentTarget.value)}
            />
            {values && (
              <datalist id={`${id}-values`}>
                {values.map((each) => (
                  <option key={each} value={each} />
                ))}
              </datalist>
            )}
          </>
        )}
        <Remove {...props} />
      </div>
      <Complaint {...told} id={`${id}-complaint`} />
    </div>
  );
}

/** What may stand in a field, as far as the model says so in few words. */
function hintOf(of: Shape): string {
  if (!('min' in of || 'max' in of)) return '';
  const { min, max } = of as { readonly min?: number; readonly max?: number };
  const unit = of.type === 'string' ? ' characters' : '';
  if (min !== undefined && max !== undefined) return `${min} to ${max}${unit}`;
  return max === undefined ? `from ${min}${unit}` : `up to ${max}${unit}`;
}

function numberOrText(typed: string): number | string {
  const number = Number(typed);
  return typed.trim() === '' || Number.isNaN(number) ? typed : number;
}

function BooleanField(props: FieldProps) {
  const { label, value, onChange } = props;
  const id = useId();
  return (
    <div class="field">
      <div class="inline">
        <label class="check">
          <input
            id={id}
            type="checkbox"
            checked={value === true}
            onChange={(event) => onChange(event.currentTarget.checked)}
          />
          {label}
        </label>
        <Remove {...props} />
      </div>
      <Complaint {...props} id={`${id}-complaint`} />
    </div>
  );
}

function StructureField(props: FieldProps & { readonly of: StructureShape }) {
  const { label, path } = props;
  const id = useId();
  return (
    <fieldset class="structure">
      <legend>{label}</legend>
      <Remove {...props} />
      <Complaint {...props} id={id} />
      <Members {...props} prefix={path ? `${path}.` : ''} />
    </fieldset>
  );
}

/** The members of a structure: those that are required or given, and a list of the others. */
export function Members({
  of,
  value,
  prefix,
  complaints,
  isStrict,
  onChange,
}: Pick<FieldProps, 'value' | 'complaints' | 'isStrict' | 'onChange'> & {
  readonly of: StructureShape;
  readonly prefix: string;
}) {
  const entries = (value ?? {}) as Readonly<Record<string, Draft>>;
  const [added, setAdded] = useState<ReadonlySet<string>>(new Set());
  const isShown = (member: string) =>
    of.required?.includes(member) || entries[member] !== undefined || added.has(member);
  const names = Object.keys(of.members);
  const hidden = names.filter((member) => !isShown(member));
  const set = (member: string, given: Draft) => {
    const { [member]: _, ...others } = entries;
    onChange(given === undefined ? others : { ...others, [member]: given });
  };
  const add = (member: string) => {
    const name = of.members[member];
    setAdded(new Set([...added, member]));
    if (name) set(member, emptyOf(name));
  };
  return (
    <>
      {names.filter(isShown).map((member) => {
        const name = of.members[member];
        const isRequired = of.required?.includes(member) ?? false;
        return (
          name && (
            <ShapeField
              key={member}
              {...{ name, complaints, isStrict, isRequired }}
              label={member}
              path={prefix + lowerFirst(member)}
              value={entries[member]}
              onChange={(given) => set(member, given)}
              {...(!isRequired && {
                onRemove: () => {
                  setAdded(new Set([...added].filter((each) => each !== member)));
                  set(member, undefined);
                },
              })}
            />
          )
        );
      })}
      {hidden.length > 0 && (
        <label class="add">
          <span class="hidden">Add a member</span>
          <select
            value=""
            onChange={(event) => {
              add(event.currentTarget.value);
              event.currentTarget.value = '';
            }}
          >
            <option value="">Add …</option>
            {hidden.map((member) => (
              <option key={member}>{member}</option>
            ))}
          </select>
        </label>
      )}
    </>
  );
}

function ListField(props: FieldProps & { readonly member: ShapeName }) {
  const { label, path, member, value, complaints, isStrict, onChange } = props;
  const id = useId();
  const values = (Array.isArray(value) ? value : []) as readonly Draft[];
  return (
    <fieldset class="structure">
      <legend>{label}</legend>
      <Remove {...props} />
      <Complaint {...props} id={id} />
      {values.map((each, index) => (
        <ShapeField
          key={index}
          {...{ name: member, complaints, isStrict }}
          isRequired
          label={`${label} ${index + 1}`}
          path={`${path}.${index + 1}.member`}
          value={each}
          onChange={(given) => onChange(values.map((old, at) => (at === index ? (given ?? '') : old)))}
          onRemove={() => onChange(values.filter((_, at) => at !== index))}
        />
      ))}
      <button type="button" onClick={() => onChange([...values, emptyOf(member) ?? ''])}>
        Add to {label}
      </button>
    </fieldset>
  );
}

function MapField(props: FieldProps) {
  const { label, value, onChange } = props;
  const id = useId();
  const pairs = Object.entries((value ?? {}) as Readonly<Record<string, Draft>>);
  const set = (changed: readonly (readonly [string, Draft])[]) => onChange(Object.fromEntries(changed));
  return (
    <fieldset class="structure">
      <legend>{label}</legend>
      <Remove {...props} />
      <Complaint {...props} id={id} />
      {pairs.map(([key, given], index) => (
        <div key={index} class="inline pair">
          <input
            aria-label={`${label} name ${index + 1}`}
            value={key}
            placeholder="name"
            spellcheck={false}
            onInput={({ currentTarget }) =>
              set(pairs.map((pair, at) => (at === index ? [currentTarget.value, given] : pair)))
            }
          />
          <input
            aria-label={`${label} value ${index + 1}`}
            value={String(given ?? '')}
            placeholder="value"
            spellcheck={false}
            onInput={({ currentTarget }) =>
              set(pairs.map((pair, at) => (at === index ? [key, currentTarget.value] : pair)))
            }
          />
          <button
            type="button"
            class="plain"
            aria-label={`Remove ${key}`}
            onClick={() => set(pairs.filter((_, at) => at !== index))}
          >
            Remove
          </button>
        </div>
      ))}
      <button type="button" onClick={() => set([...pairs, ['', '']])}>
        Add to {label}
      </button>
    </fieldset>
  );
}
