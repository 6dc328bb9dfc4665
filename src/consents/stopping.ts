import { mayBeObjectedTo } from '../catalog/legal-basis.ts'
import type { Words } from '../languages.ts'
import type { Item } from './item.ts'

/** How what an item shares is stopped later, as it is shown before the answer. */
export const STOPPING = {
  data: {
    nl: 'U kunt altijd stoppen, met één druk op de knop. Dan krijgt niemand de gegevens meer en moet wissen wie ze al heeft.',
    en: 'You can stop at any time, with one press of a button. Then nobody gets the data any more, and whoever has them must erase them.',
    tr: 'Her zaman, tek bir düğmeyle durdurabilirsiniz. O zaman kimse verileri artık alamaz ve verileri alanlar onları silmek zorundadır.',
    ar: 'يمكنك الإيقاف في أي وقت بضغطة زر واحدة. عندها لا يحصل أحد على البيانات بعد ذلك، ومن لديه البيانات يجب أن يمحوها.',
    pl: 'W każdej chwili możesz to zatrzymać jednym przyciskiem. Wtedy nikt już nie dostaje danych, a kto je ma, musi je usunąć.',
    uk: 'Ви можете зупинити це будь-коли, одним натисканням кнопки. Тоді ніхто більше не отримує даних, а той, хто їх має, мусить їх стерти.',
  },
  /** Nobody who looked at a picture can be told to erase it. */
  picture: {
    nl: 'U kunt altijd stoppen, met één druk op de knop. Dan haalt de school het weg. Wat op papier staat of door anderen is bewaard, kunnen wij niet terughalen.',
    en: 'You can stop at any time, with one press of a button. Then the school takes it down. What is on paper or was kept by others cannot be taken back.',
    tr: 'Her zaman, tek bir düğmeyle durdurabilirsiniz. O zaman okul bunu kaldırır. Kâğıda basılmış veya başkalarının sakladığı şeyler geri alınamaz.',
    ar: 'يمكنك الإيقاف في أي وقت بضغطة زر واحدة. عندها تزيله المدرسة. أما ما طُبع على الورق أو حفظه الآخرون فلا يمكن استرجاعه.',
    pl: 'W każdej chwili możesz to zatrzymać jednym przyciskiem. Wtedy szkoła to usuwa. Tego, co jest na papierze lub co zachowali inni, nie da się cofnąć.',
    uk: 'Ви можете зупинити це будь-коли, одним натисканням кнопки. Тоді школа це прибирає. Те, що на папері або що зберегли інші, повернути неможливо.',
  },
  /** What is not asked is not taken back: one objects (P21). */
  objection: {
    nl: 'U kunt bezwaar maken. Tot de school beslist, wordt er niets gedeeld.',
    en: 'You can object. Until the school decides, nothing is shared.',
    tr: 'İtiraz edebilirsiniz. Okul karar verene kadar hiçbir şey paylaşılmaz.',
    ar: 'يمكنك تقديم اعتراض. لا تتم مشاركة أي شيء حتى تقرر المدرسة.',
    pl: 'Możesz zgłosić sprzeciw. Dopóki szkoła nie zdecyduje, nic nie jest udostępniane.',
    uk: 'Ви можете подати заперечення. Доки школа не вирішить, нічого не передають.',
  },
  /** Nor can one object to what a contract or a law demands, or a life. */
  never: {
    nl: 'Dit kunt u niet stoppen. Bent u het er niet mee eens? Vraag het aan de school.',
    en: 'You cannot stop this. Do you not agree? Ask the school.',
    tr: 'Bunu durduramazsınız. Aynı fikirde değil misiniz? Okula sorun.',
    ar: 'لا يمكنك إيقاف هذا. ألا توافق؟ اسأل المدرسة.',
    pl: 'Tego nie możesz zatrzymać. Nie zgadzasz się? Zapytaj szkołę.',
    uk: 'Ви не можете це зупинити. Не згодні? Запитайте школу.',
  },
} satisfies Record<string, Words>

export function stoppingOf({ legalBasis, image }: Pick<Item, 'legalBasis' | 'image'>): Words {
  if (legalBasis === 'consent') return image ? STOPPING.picture : STOPPING.data
  return mayBeObjectedTo(legalBasis) ? STOPPING.objection : STOPPING.never
}
