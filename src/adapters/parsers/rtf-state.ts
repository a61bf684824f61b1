/** The text state of a group. A nested group inherits it. */
export interface State {
  readonly destination: 'text' | 'skip' | 'fonts' | 'styles' | 'title' | 'entry';
  readonly font: number;
  readonly isHidden: boolean;
  readonly isRaised: boolean;
  /** In the group that holds the values of a form's field. */
  readonly isField: boolean;
  /** Number of replacement characters for readers without Unicode. */
  readonly fallback: number;
  readonly style: number;
  readonly level: number | undefined;
  readonly isInTable: boolean;
  /** A footnote, a header or a footer: it is no part of the paragraph that it hangs on. */
  readonly apart: 'note' | 'edge' | undefined;
}
/** The state outside of all groups. */
export const FIRST: State = {
  destination: 'text',
  font: 0,
  isHidden: false,
  isRaised: false,
  isField: false,
  fallback: 1,
  style: 0,
  level: undefined,
  isInTable: false,
  apart: undefined,
};
