/**
 * What API Gateway would take for punctuation, for it decodes a path before it looks for its route; and the first of what a
 * client would take for "here" or "one up".
 */
const punctuation = /[%/?]|^\.(?=\.?$)/g;

/** A text as one part of a path: such punctuation is encoded twice. */
export function pathPart(text: string): string {
  const once = text.replace(punctuation, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
  return encodeURIComponent(once);
}

/** The text of a part of a path that API Gateway has decoded once. What is no encoding of anything is the text itself. */
export function textOfPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return part;
  }
}
