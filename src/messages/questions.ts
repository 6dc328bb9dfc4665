import type { Words, WrittenLanguage } from '../languages.ts'

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

/** What gave cause to ask directly, where the supplier does not say. */
export const CAUSES = {
  link_code: {
    nl: (supplier) => `U gaf ${supplier} zelf een code om dit te vragen.`,
    en: (supplier) => `You gave ${supplier} a code yourself to ask this.`,
    tr: (supplier) => `Bunu sorması için ${supplier} şirketine kodu siz verdiniz.`,
    ar: (supplier) => `أنت من أعطى \u2068${supplier}\u2069 رمزًا لطرح هذا السؤال.`,
    pl: (supplier) => `To Ty dałeś lub dałaś firmie ${supplier} kod, aby mogła o to zapytać.`,
    uk: (supplier) => `Ви самі дали ${supplier} код, щоб про це запитати.`,
  },
  asked_before: {
    nl: (supplier) => `${supplier} vroeg u al eerder om toestemming, en vraagt nu opnieuw.`,
    en: (supplier) => `${supplier} asked for your consent before, and now asks again.`,
    tr: (supplier) => `${supplier} daha önce de izninizi istemişti ve şimdi yeniden istiyor.`,
    ar: (supplier) => `سبق أن طلب منك \u2068${supplier}\u2069 الموافقة، وهو يطلبها الآن مرة أخرى.`,
    pl: (supplier) => `Firma ${supplier} już wcześniej prosiła o Twoją zgodę i teraz prosi ponownie.`,
    uk: (supplier) => `${supplier} уже раніше просив вашої згоди й тепер просить знову.`,
  },
  began_there: {
    nl: (supplier) => `U bent zelf bij ${supplier} begonnen.`,
    en: (supplier) => `You began at ${supplier} yourself.`,
    tr: (supplier) => `${supplier} üzerinden siz başladınız.`,
    ar: (supplier) => `أنت من بدأ لدى \u2068${supplier}\u2069.`,
    pl: (supplier) => `To Ty zacząłeś lub zaczęłaś w firmie ${supplier}.`,
    uk: (supplier) => `Ви самі почали в ${supplier}.`,
  },
} satisfies Record<string, Record<keyof Words, (supplier: string) => string>>

export type Cause = keyof typeof CAUSES

/** What happens after a no to whoever asks directly. */
export const NOTHING_HAPPENS: Record<WrittenLanguage, string> = {
  nl: 'Dan gebeurt er niets. De school merkt er niets van.',
  en: 'Then nothing happens. The school does not notice.',
}
