import type { Language } from '../languages.ts'

/** In vocational education whoever learns is a student (K33). Translations have one word for both. */
const WORDS: Partial<Record<Language, [RegExp, string][]>> = {
  nl: [
    [/eerlingadministratie/g, 'eerlingenadministratie'],
    [/Leerling/g, 'Student'],
    [/leerling/g, 'student'],
  ],
  en: [
    [/Pupil/g, 'Student'],
    [/pupil/g, 'student'],
  ],
}

/** Words of ours as they are said of students. Not for words that somebody wrote themselves: those stay as they are. */
export function ofStudents(text: string, language: Language): string {
  return (WORDS[language] ?? []).reduce((so, [word, become]) => so.replace(word, become), text)
}
