/** Characters after which the text goes on in a block of its own: what has grown is laid out, and nothing before it. */
const BLOCK = 2_000;

/**
 * Writes an answer as it comes: what came since the last frame is appended to the last text node, so that a long answer costs
 * no more at its end than at its beginning. `grown` is called after each frame.
 */
export function answerWriter(container, grown) {
  let parts = [];
  let length = 0;
  let waiting = '';
  let last = null;
  let frame = 0;

  function startOver(text) {
    parts = [];
    length = 0;
    waiting = '';
    last = null;
    add(text);
  }
  function add(text) {
    parts.push(text);
    length += text.length;
    waiting += text;
    frame ||= requestAnimationFrame(show);
  }
  function show() {
    frame = 0;
    if (!last) container.replaceChildren();
    while (waiting) {
      if (!last || (last.length >= BLOCK && last.data.endsWith('\n'))) last = newBlock(container);
      const line =
        last.length + waiting.length > BLOCK ? waiting.indexOf('\n', Math.max(0, BLOCK - last.length - 1)) + 1 : 0;
      last.appendData(line ? waiting.slice(0, line) : waiting);
      waiting = line ? waiting.slice(line) : '';
    }
    grown();
  }
  return {
    isEmpty: () => length === 0,
    /** Text that stands at an offset of the answer; what was there from the offset on is replaced. */
    write(text, offset) {
      if (offset < length) startOver(parts.join('').slice(0, offset) + text);
      else add(text);
    },
    /** Another text in place of all that there was. */
    replace: startOver,
    /** Shows nothing from here on; answers with what was written. */
    end() {
      cancelAnimationFrame(frame);
      return parts.join('');
    },
  };
}

function newBlock(container) {
  const text = document.createTextNode('');
  const block = document.createElement('div');
  block.append(text);
  container.append(block);
  return text;
}
