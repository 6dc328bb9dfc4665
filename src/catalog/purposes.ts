import type { Language, Words } from '../languages.ts'
import { Refusal } from '../refusal.ts'
import { ofStudents } from './student-words.ts'

/** What is processed: learning material (I), a school or pupil information system (II), the school itself, or images. */
export type PurposeKind = 'I' | 'II' | 'school' | 'image'

export interface Purpose extends Words {
  id: string
  kinds: readonly PurposeKind[]
  /** What it includes, in the words of the covenant. */
  including?: readonly { nl: string; en: string }[]
}

/** Article 5.1.b-i and 5.2.b-i say the same (C10), so they are written once. */
const SHARED: readonly ({ letter: string } & Words)[] = [
  {
    letter: 'b',
    nl: 'het middel krijgen en ermee beginnen',
    en: 'getting the product delivered and into use',
    tr: 'ürünün teslim alınması ve kullanıma açılması',
    ar: 'الحصول على المنتج والبدء في استخدامه',
    pl: 'dostarczenie produktu i rozpoczęcie używania',
    uk: 'отримати продукт і почати ним користуватися',
  },
  {
    letter: 'c',
    nl: 'toegang geven: wie bent u en wat mag u zien',
    en: 'giving access: who you are and what you may see',
    tr: 'erişim vermek: kimsiniz ve neyi görebilirsiniz',
    ar: 'إعطاء حق الدخول: من أنت وما الذي يمكنك رؤيته',
    pl: 'nadawanie dostępu: kim jesteś i co możesz zobaczyć',
    uk: 'надання доступу: хто ви і що вам можна бачити',
  },
  {
    letter: 'd',
    nl: 'het middel veilig houden en misbruik stoppen',
    en: 'security, control and preventing misuse',
    tr: 'güvenlik, denetim ve kötüye kullanımı önlemek',
    ar: 'الحماية والمراقبة ومنع سوء الاستخدام',
    pl: 'ochrona, kontrola i zapobieganie nadużyciom',
    uk: 'захист, контроль і запобігання зловживанням',
  },
  {
    letter: 'e',
    nl: 'zorgen dat het middel goed werkt: het bijhouden, er een kopie van bewaren, fouten oplossen en helpen',
    en: 'keeping it working: maintenance, backups, repairs and support',
    tr: 'ürünün iyi çalışması: bakım, yedekleme, hataları düzeltme ve yardım',
    ar: 'ضمان عمل المنتج جيدًا: الصيانة والنسخ الاحتياطي وإصلاح الأخطاء والمساعدة',
    pl: 'dobre działanie produktu: konserwacja, kopie zapasowe, naprawa błędów i pomoc',
    uk: 'щоб продукт добре працював: обслуговування, резервні копії, виправлення помилок і допомога',
  },
  {
    letter: 'f',
    nl: 'onderzoek met strenge regels, voor het leren of voor de plannen van de school',
    en: 'research and analysis on strict conditions, for learning or the school’s policy',
    tr: 'sıkı koşullarla araştırma ve inceleme, öğrenme veya okulun planları için',
    ar: 'البحث والتحليل بشروط صارمة، من أجل التعلّم أو خطط المدرسة',
    pl: 'badania i analizy na surowych warunkach, dla nauki uczniów lub planów szkoły',
    uk: 'дослідження та аналіз на суворих умовах, для навчання або планів школи',
  },
  {
    letter: 'g',
    nl: 'onderzoek naar beter onderwijs, met gegevens zonder naam (volledig anoniem)',
    en: 'fully anonymised data for research into better education',
    tr: 'daha iyi eğitim için araştırmada tamamen anonim veriler',
    ar: 'بيانات مجهولة الهوية تمامًا للبحث عن تعليم أفضل',
    pl: 'całkowicie anonimowe dane do badań nad lepszą nauką w szkole',
    uk: 'повністю анонімні дані для дослідження кращого навчання',
  },
  {
    letter: 'h',
    nl: 'doen wat de wet van het middel vraagt',
    en: 'meeting legal requirements for the product',
    tr: 'ürün için yasanın istediklerine uymak',
    ar: 'الالتزام بما يطلبه القانون من المنتج',
    pl: 'spełnienie wymagań prawa dotyczących produktu',
    uk: 'виконання вимог закону до продукту',
  },
  {
    letter: 'i',
    nl: 'doen wat een andere wet vraagt',
    en: 'carrying out another law',
    tr: 'başka bir yasayı uygulamak',
    ar: 'تنفيذ قانون آخر',
    pl: 'wykonanie innej ustawy',
    uk: 'виконання іншого закону',
  },
]

const shared = (article: '5.1' | '5.2', kind: PurposeKind): Purpose[] =>
  SHARED.map(({ letter, ...words }) => ({ id: `${article}.${letter}`, kinds: [kind], ...words }))

/**
 * The closed list of purposes: convenant art. 5.1 (C08) and 5.2 (C09), the protocol's ten (P06), and publishing images
 * (P23). Advertising and product improvement are not in it and cannot be added (C11, C14).
 */
export const PURPOSES: readonly Purpose[] = [
  {
    id: '5.1.a',
    kinds: ['I'],
    nl: 'les geven, leren en leerlingen helpen met het leermiddel',
    en: 'teaching, learning and guiding pupils with the learning material',
    tr: 'öğrenme materyaliyle ders vermek, ders almak ve öğrencilere yol göstermek',
    ar: 'التدريس والتعلّم ومرافقة التلاميذ باستخدام المادة التعليمية',
    pl: 'nauczanie, uczenie się i wspieranie uczniów za pomocą materiału do nauki',
    uk: 'викладання, навчання та підтримка учнів за допомогою навчального матеріалу',
    including: [
      { nl: 'resultaten bewaren', en: 'storing results' },
      { nl: 'resultaten terugkrijgen door de school', en: 'returning results to the school' },
      { nl: 'resultaten beoordelen voor stof op maat', en: 'judging results for material that fits' },
      { nl: 'resultaten uitleggen', en: 'analysing and interpreting results' },
      { nl: 'resultaten uitwisselen tussen leermiddelen', en: 'exchanging results between learning materials' },
    ],
  },
  ...shared('5.1', 'I'),
  {
    id: '5.2.a',
    kinds: ['II'],
    nl: 'het onderwijs regelen, les geven, leren, leerlingen helpen en raad geven',
    en: 'organising, giving and following education, guiding pupils and advising them',
    tr: 'eğitimi düzenlemek, ders vermek ve almak, öğrencilere yol göstermek ve tavsiye vermek',
    ar: 'تنظيم التعليم والتدريس والتعلّم، ومرافقة التلاميذ وتقديم النصيحة',
    pl: 'organizowanie nauki, nauczanie i uczenie się, wspieranie uczniów i doradzanie',
    uk: 'організація навчання, викладання й навчання, підтримка учнів і поради',
    including: [
      { nl: 'roosters maken', en: 'making timetables' },
      { nl: 'resultaten uitleggen', en: 'analysing and interpreting results' },
      { nl: 'persoonlijke en medische omstandigheden bijhouden', en: 'keeping personal and medical circumstances' },
      { nl: 'medewerkers begeleiden', en: 'guiding and supporting staff' },
      { nl: 'leerlingen, ouders en medewerkers berichten sturen', en: 'communicating with pupils, parents and staff' },
      { nl: 'geldzaken beheren', en: 'financial administration' },
      { nl: 'meten en verantwoorden', en: 'monitoring and accounting' },
      { nl: 'geschillen behandelen', en: 'handling disputes' },
      { nl: 'uitwisselen met toezichthouders en zorginstellingen', en: 'exchange with supervisors and care institutions' },
      { nl: 'uitwisselen met samenwerkingsverbanden', en: 'exchange with support partnerships' },
      { nl: 'uitwisselen over stages', en: 'exchange about work placements' },
      { nl: 'uitwisselen met een volgende school', en: 'exchange with a next school' },
    ],
  },
  ...shared('5.2', 'II'),
  {
    id: 'pp.a',
    kinds: ['school'],
    nl: 'onderwijs geven en regelen',
    en: 'giving and organising education',
    tr: 'eğitim vermek ve düzenlemek',
    ar: 'التدريس وتنظيم التعليم',
    pl: 'nauczanie i organizowanie nauki',
    uk: 'викладання та організація навчання',
  },
  {
    id: 'pp.b',
    kinds: ['school'],
    nl: 'leerlingen helpen bij het leren',
    en: 'guiding pupils',
    tr: 'öğrencilere yol göstermek',
    ar: 'مرافقة التلاميذ ودعمهم',
    pl: 'wspieranie uczniów',
    uk: 'підтримка учнів',
  },
  {
    id: 'pp.c',
    kinds: ['school'],
    nl: 'leermiddelen geven',
    en: 'providing learning material',
    tr: 'öğrenme materyali vermek',
    ar: 'توفير المواد التعليمية',
    pl: 'udostępnianie materiałów do nauki',
    uk: 'надання навчальних матеріалів',
  },
  {
    id: 'pp.d',
    kinds: ['school'],
    nl: 'informatie geven over school en leermiddelen',
    en: 'informing about school and learning material',
    tr: 'okul ve öğrenme materyalleri hakkında bilgi vermek',
    ar: 'تقديم معلومات عن المدرسة والمواد التعليمية',
    pl: 'informowanie o szkole i materiałach do nauki',
    uk: 'інформування про школу та навчальні матеріали',
  },
  {
    id: 'pp.e',
    kinds: ['school'],
    nl: 'nieuws over leerlingen op plekken van de school zelf',
    en: 'news about pupils on the school’s own channels',
    tr: 'okulun kendi kanallarında öğrencilerle ilgili haberler',
    ar: 'أخبار عن التلاميذ في قنوات المدرسة نفسها',
    pl: 'wiadomości o uczniach na własnych kanałach szkoły',
    uk: 'новини про учнів на власних каналах школи',
  },
  {
    id: 'pp.f',
    kinds: ['school'],
    nl: 'op de eigen website laten weten wat er te doen is',
    en: 'announcing activities on the school’s own website',
    tr: 'etkinlikleri okulun kendi sitesinde duyurmak',
    ar: 'الإعلان عن الأنشطة على موقع المدرسة',
    pl: 'ogłaszanie wydarzeń na własnej stronie szkoły',
    uk: 'оголошення про заходи на власному сайті школи',
  },
  {
    id: 'pp.g',
    kinds: ['school'],
    nl: 'uitrekenen en vragen wat ouders betalen',
    en: 'calculating and collecting fees',
    tr: 'ücretleri hesaplamak ve toplamak',
    ar: 'حساب الرسوم وتحصيلها',
    pl: 'obliczanie i pobieranie opłat',
    uk: 'розрахунок і збір внесків',
  },
  {
    id: 'pp.h',
    kinds: ['school'],
    nl: 'een ruzie oplossen (geschil)',
    en: 'handling disputes',
    tr: 'anlaşmazlıkları çözmek',
    ar: 'معالجة الخلافات',
    pl: 'rozpatrywanie sporów',
    uk: 'розгляд суперечок',
  },
  {
    id: 'pp.i',
    kinds: ['school'],
    nl: 'controle door de accountant',
    en: 'audit by the accountant',
    tr: 'muhasebe denetimi',
    ar: 'المراجعة من قبل مدقق الحسابات',
    pl: 'kontrola przez biegłego księgowego',
    uk: 'перевірка бухгалтером-аудитором',
  },
  {
    id: 'pp.j',
    kinds: ['school'],
    nl: 'doen wat een wet vraagt',
    en: 'carrying out a law',
    tr: 'bir yasayı uygulamak',
    ar: 'تنفيذ قانون',
    pl: 'wykonanie ustawy',
    uk: 'виконання закону',
  },
  {
    id: 'image',
    kinds: ['image'],
    nl: 'foto, film of geluid laten zien op één kanaal',
    en: 'showing photo, film or sound on one channel',
    tr: 'fotoğraf, video veya sesi tek bir yerde göstermek',
    ar: 'عرض صورة أو فيديو أو صوت في مكان واحد',
    pl: 'pokazanie zdjęcia, filmu lub dźwięku w jednym miejscu',
    uk: 'показ фото, відео чи звуку в одному місці',
  },
]

const byId = new Map(PURPOSES.map((purpose) => [purpose.id, purpose]))

/** Research and analysis, on strict conditions (C15). */
export const isResearch = ({ id }: Pick<Purpose, 'id'>): boolean => /^5\.[12x]\.f$/.test(id)

/** Research with data from which nobody can be known any more (C16): about nobody, so nobody is asked. */
export const isOfAnonymousData = ({ id }: Pick<Purpose, 'id'>): boolean => /^5\.[12x]\.g$/.test(id)

/** What a law demands (C17): it rests on that law, and nobody can say no to it. */
export const isDemandedByLaw = ({ id }: Pick<Purpose, 'id'>): boolean => /^(5\.[12x]\.[hi]|pp\.j)$/.test(id)

export function purposeById(id: string): Purpose | undefined {
  return byId.get(id)
}

/** What a purpose is called, also to who has to do with students only (K33); undefined for what is not in the list. */
export function purposeName(id: string, language: Language, toStudents: boolean): string | undefined {
  const name = byId.get(id)?.[language]
  return name && toStudents ? ofStudents(name, language) : name
}

/**
 * The purpose `id` stands for in processing of this kind. A leaflet may spell what 5.1 and 5.2 share as `5.x.b` … `5.x.i`.
 * Takes ids of the list only; free words are no purpose.
 *
 * @throws Refusal `purpose_unknown` also for a purpose of another kind (C10)
 */
export function purposeFor(kind: PurposeKind, id: string): Purpose {
  const article = kind === 'I' ? '5.1' : kind === 'II' ? '5.2' : undefined
  const purpose = byId.get(article && /^5\.x\.[b-i]$/.test(id) ? id.replace('5.x', article) : id)
  if (!purpose?.kinds.includes(kind)) throw new Refusal('purpose_unknown', { kind })
  return purpose
}
