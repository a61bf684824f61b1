/** A page of XHTML says so at its start. */
const XHTML =
  /^\s{0,100}(?:<\?xml[\s\S]{0,300}?\?>[\s\S]{0,2000}?)?(?:<!DOCTYPE[^<>]{0,500}>[\s\S]{0,500}?)?<html\b[^<>]{0,2000}xmlns|^\s{0,100}<\?xml\b/i;
/** Elements that HTML closes by itself (https://html.spec.whatwg.org/multipage/syntax.html#void-elements). */
const VOID = /^(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)$/i;
/** An element without content, as XML closes it. */
const EMPTY = /<([a-z][\w.:-]{0,60})((?:\s[^<>]*)?)\/>/gi;

/**
 * XHTML as HTML: `<title/>` becomes `<title></title>`. A parser of HTML takes it for a title without end, and all that follows for its
 * text. Other markup stays as it is.
 */
export const asHtml = (markup: string): string =>
  XHTML.test(markup.slice(0, 5_000))
    ? markup.replace(EMPTY, (whole, name: string, attributes: string) =>
        VOID.test(name) ? whole : `<${name}${attributes}></${name}>`,
      )
    : markup;
