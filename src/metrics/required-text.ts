/** Collects, from the atoms of a pattern's outermost sequence, the longest text that each match must contain. */
export class RequiredText {
  #run = '';
  #longest = '';
  #isHopeless = false;

  get text(): string {
    return this.#isHopeless ? '' : this.#longest;
  }

  /** The next atom: a character that means itself, or anything else; and how often it comes at least. */
  add(character: string | undefined, min: number, isRepeated: boolean): void {
    if (character !== undefined && min > 0) this.#run += character;
    if (this.#run.length > this.#longest.length) this.#longest = this.#run;
    // Behind a repetition, what follows doesn't follow the first of it.
    if (character === undefined || isRepeated) this.#run = '';
  }

  /** There are alternatives. */
  giveUp(): void {
    this.#isHopeless = true;
  }
}
