/** The words of a text: a list that can be read. */
export function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
