/** How many ids fit in one command: commands refuse more, some systems' servers much earlier. */
const MOST_IDS = 500;
const MOST_CHARACTERS = 100_000;

/** Splits words so that no part has more than 500 of them or 100,000 characters. No empty part. */
export function chunks(words: readonly string[]): readonly (readonly string[])[] {
  const parts: string[][] = [];
  let characters = Infinity;
  for (const word of words) {
    const part = parts.at(-1);
    if (part === undefined || part.length >= MOST_IDS || characters + word.length + 1 > MOST_CHARACTERS) {
      parts.push([word]);
      characters = word.length;
    } else {
      part.push(word);
      characters += word.length + 1;
    }
  }
  return parts;
}
