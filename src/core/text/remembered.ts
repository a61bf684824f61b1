/**
 * What `read` makes of a text, kept for texts that are read again: sentences of a passage, lines of a conversation. Longer texts than
 * `longest` are read each time. Holds at most `characters` of texts (UTF-16 code units), and then forgets all of them.
 */
export function remembered<T>(
  read: (text: string) => T,
  { longest, characters }: { readonly longest: number; readonly characters: number },
): (text: string) => T {
  const known = new Map<string, T>();
  let held = 0;
  return (text) => {
    if (text.length > longest) return read(text);
    const before = known.get(text);
    if (before !== undefined) return before;
    const made = read(text);
    if (held + text.length + PER_TEXT > characters) {
      known.clear();
      held = 0;
    }
    held += text.length + PER_TEXT;
    known.set(text, made);
    return made;
  };
}

/** An entry takes room for itself, however short its text. */
const PER_TEXT = 50;
