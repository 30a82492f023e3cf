/** An expression of metric math: numbers, ids of other queries, `+ - * / ^` and parentheses. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'negative'; readonly of: Expression }
  | { readonly kind: Operator; readonly left: Expression; readonly right: Expression };

type Operator = '+' | '-' | '*' | '/' | '^';

/** An expression that is not understood, with what of it in a sentence. */
export class UnknownMath extends Error {}

const TOKEN = /\s*(?:(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|([A-Za-z_]\w*)|(.))/suy;
const DEEPEST = 100;

/** Reads an expression. Throws `UnknownMath`, which names a function or an operator that is not among the above. */
export function parseMath(text: string): Expression {
  return new Parser(tokensOf(text)).whole();
}

interface Token {
  readonly kind: 'number' | 'name' | 'sign' | 'end';
  readonly text: string;
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const [, number, name, sign] of text.trim().matchAll(new RegExp(TOKEN, 'gsu'))) {
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else tokens.push({ kind: 'sign', text: sign ?? '' });
  }
  return tokens;
}

/** By recursive descent: sums of products of powers. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Expression {
    const expression = this.#sum();
    const { kind, text } = this.#next();
    if (kind !== 'end') throw unknown(text);
    return expression;
  }

  #sum(): Expression {
    return this.#chain(['+', '-'], () => this.#product());
  }

  #product(): Expression {
    return this.#chain(['*', '/'], () => this.#signed());
  }

  #chain(operators: readonly Operator[], operand: () => Expression): Expression {
    let left = operand();
    for (;;) {
      const operator = operators.find((each) => this.#take(each));
      if (!operator) return left;
      left = { kind: operator, left, right: operand() };
    }
  }

  #signed(): Expression {
    if (++this.#depth > DEEPEST) throw new UnknownMath('It is nested too deeply.');
    const signed: Expression = this.#take('-') ? { kind: 'negative', of: this.#signed() } : this.#power();
    this.#depth--;
    return signed;
  }

  #power(): Expression {
    const base = this.#operand();
    return this.#take('^') ? { kind: '^', left: base, right: this.#signed() } : base;
  }

  #operand(): Expression {
    if (this.#take('(')) {
      const inner = this.#sum();
      if (!this.#take(')')) throw new UnknownMath('A parenthesis is not closed.');
      return inner;
    }
    const { kind, text } = this.#next();
    if (kind === 'number') return { kind: 'number', value: Number(text) };
    if (kind === 'name' && this.#peek().text !== '(' && text !== 'SELECT') return { kind: 'id', id: text };
    throw kind === 'name'
      ? new UnknownMath(`${text} is not served, nor is any other function.`)
      : unknown(text);
  }

  #take(sign: string): boolean {
    const isNext = this.#peek().kind === 'sign' && this.#peek().text === sign;
    if (isNext) this.#at++;
    return isNext;
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '' };
  }

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }
}

const unknown = (text: string) =>
  new UnknownMath(
    text === ''
      ? 'It ends where an operand is expected.'
      : `'${text}' is not served there: numbers, ids, + - * / ^ and parentheses are.`,
  );

/** The ids that an expression is made of. */
export function idsIn(expression: Expression): ReadonlySet<string> {
  switch (expression.kind) {
    case 'number':
      return new Set();
    case 'id':
      return new Set([expression.id]);
    case 'negative':
      return idsIn(expression.of);
    default:
      return new Set([...idsIn(expression.left), ...idsIn(expression.right)]);
  }
}

/** The value of an expression, given the values of its ids. Not finite where it has none, as after a division by zero. */
export function evaluate(expression: Expression, valueFor: (id: string) => number): number {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'id':
      return valueFor(expression.id);
    case 'negative':
      return -evaluate(expression.of, valueFor);
    default:
      return combine(
        expression.kind,
        evaluate(expression.left, valueFor),
        evaluate(expression.right, valueFor),
      );
  }
}

function combine(operator: Operator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '^':
      return left ** right;
  }
}
