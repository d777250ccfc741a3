/** XML that batch systems print, as a tree. Broken or cut text is told apart from an empty answer. */
import sax from 'sax';

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text, entities resolved, blanks at both ends taken off. */
  readonly text: string;
}

interface OpenElement extends XmlElement {
  readonly children: OpenElement[];
  text: string;
}

/**
 * The root element; undefined when the text is not one well-formed document (cut short, something else before or
 * behind it, nothing at all). Blanks may surround it. Never throws.
 */
export function readXml(text: string): XmlElement | undefined {
  const parser = sax.parser(true, { position: false });
  const open: OpenElement[] = [];
  let root: OpenElement | undefined;
  const state = { broken: false };
  parser.onerror = (error) => {
    state.broken = true;
    // sax would go on and make an error of every character
    throw error;
  };
  parser.onopentag = ({ name, attributes }) => {
    const element: OpenElement = {
      name,
      attributes: attributes as Record<string, string>,
      children: [],
      text: '',
    };
    const parent = open.at(-1);
    if (parent !== undefined) parent.children.push(element);
    else if (root === undefined) root = element;
    else state.broken = true;
    open.push(element);
  };
  const addText = (part: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += part;
  };
  parser.ontext = addText;
  parser.oncdata = addText;
  parser.onclosetag = () => {
    const element = open.pop();
    if (element !== undefined) element.text = element.text.trim();
  };
  try {
    parser.write(text.trim()).close();
  } catch (error) {
    if (!state.broken) throw error;
  }
  return state.broken || open.length > 0 ? undefined : root;
}

/** Text of the first child with this name; undefined without one, or when it is empty. */
export function textOf(element: XmlElement, name: string): string | undefined {
  const text = element.children.find((child) => child.name === name)?.text;
  return text === '' ? undefined : text;
}

/** All elements with this name below (and including) the given one, in document order. */
export function elementsNamed(root: XmlElement, name: string): readonly XmlElement[] {
  const found: XmlElement[] = [];
  const pending: XmlElement[] = [root];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.name === name) found.push(next);
    for (let at = next.children.length - 1; at >= 0; at--) {
      const child = next.children[at];
      if (child !== undefined) pending.push(child);
    }
  }
  return found;
}
