/** Marks that turn the reading direction can make a name read as another. */
export function withoutDirectionMarks(name: string): string {
  return name.replace(/\p{Bidi_Control}/gu, '')
}
