/** An example text with its label. */
export interface LabelledText {
  readonly text: string;
  readonly label: string;
}

/** An example with the line of the file on which it stands, counted from 1. */
export interface LabelledLine extends LabelledText {
  readonly line: number;
}

/** The label of examples that are in no class of the team's. */
export const OUT_OF_SCOPE = 'out_of_scope';

/** A label file that cannot be used. Names the line where there is one, and the remedy. */
export class LabelFileError extends Error {
  override readonly name = 'LabelFileError';
  readonly line: number | null;
  constructor(problem: string, line: number | null = null) {
    super(line === null ? problem : `line ${line}: ${problem}`);
    this.line = line;
  }
}
