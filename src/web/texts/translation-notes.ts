import type { Translation, Words } from '../../languages.ts'

/** Every language by the name that its own readers know it by. */
export const LANGUAGE_NAMES: Words = {
  nl: 'Nederlands',
  en: 'English',
  tr: 'Türkçe',
  ar: 'العربية',
  pl: 'Polski',
  uk: 'Українська',
}

interface Notes {
  /** A translation helps; the Dutch text leads. */
  isTranslation: string
  readDutch: string
  /** On a page that is not translated. */
  notHere: string
}

export const translationNotes: Record<Translation, Notes> = {
  tr: {
    isTranslation: 'Bu bir çeviridir. Geçerli olan Hollandaca metindir. Okulun ve şirketin yazdıkları çevrilmemiştir.',
    readDutch: 'Bu sayfayı Hollandaca oku',
    notHere: 'Bu sayfanın Türkçesi yok. Soruları, cevapları ve durdurmayı Türkçe okuyabilirsiniz.',
  },
  ar: {
    isTranslation: 'هذه ترجمة. النص المعتمد هو النص الهولندي. ما كتبته المدرسة والشركة غير مترجم.',
    readDutch: 'اقرأ هذه الصفحة بالهولندية',
    notHere: 'هذه الصفحة غير متوفرة بالعربية. يمكنك قراءة الأسئلة والإجابات وصفحة الإيقاف بالعربية.',
  },
  pl: {
    isTranslation: 'To jest tłumaczenie. Obowiązuje tekst niderlandzki. To, co napisały szkoła i firma, nie jest przetłumaczone.',
    readDutch: 'Przeczytaj tę stronę po niderlandzku',
    notHere: 'Tej strony nie ma po polsku. Po polsku możesz czytać pytania i odpowiedzi oraz zatrzymywać zgody.',
  },
  uk: {
    isTranslation: 'Це переклад. Чинним є текст нідерландською. Те, що написали школа і компанія, не перекладено.',
    readDutch: 'Прочитати цю сторінку нідерландською',
    notHere: 'Цієї сторінки немає українською. Українською можна читати запитання, відповідати на них і зупиняти згоди.',
  },
}
