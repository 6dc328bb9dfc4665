import type { Words } from '../languages.ts'

/** How sensitive data are (P36): public, sensitive or very sensitive. */
export type Sensitivity = 'public' | 'sensitive' | 'very_sensitive'

export interface Category extends Words {
  class: Sensitivity
  /** Special-category data (GDPR art. 9): explicit wording, neutral mails, stricter access (C25). */
  special: boolean
  /** Recorded along the way rather than on purpose (*bijkomend geregistreerd*, K29). */
  incidental: boolean
  /** Tells who somebody is rather than what they did. For research they may always say that they rather keep it (D03). */
  demographic: boolean
}

const category = (
  sensitivity: Sensitivity,
  words: Words,
  more: { special?: true; incidental?: true; demographic?: true } = {},
): Category => ({
  class: sensitivity,
  special: more.special ?? false,
  incidental: more.incidental ?? false,
  demographic: more.demographic ?? false,
  ...words,
})

/** The closed list of data categories, with the words a parent reads (B1). */
export const CATEGORIES = {
  name: category('sensitive', { nl: 'naam', en: 'name', tr: 'ad ve soyad', ar: 'الاسم', pl: 'imię i nazwisko', uk: 'імʼя та прізвище' }),
  contact: category('sensitive', {
    nl: 'adres, telefoon en e-mail',
    en: 'address, phone and e-mail',
    tr: 'adres, telefon ve e-posta',
    ar: 'العنوان والهاتف والبريد الإلكتروني',
    pl: 'adres, telefon i e-mail',
    uk: 'адреса, телефон та електронна пошта',
  }),
  'eck-id': category('sensitive', {
    nl: 'schoolnummer voor leermiddelen (ECK iD)',
    en: 'school number for learning material (ECK iD)',
    tr: 'öğrenme materyalleri için okul numarası (ECK iD)',
    ar: 'رقم مدرسي للمواد التعليمية (ECK iD)',
    pl: 'szkolny numer do materiałów do nauki (ECK iD)',
    uk: 'шкільний номер для навчальних матеріалів (ECK iD)',
  }),
  'birth-date': category('sensitive', {
    nl: 'geboortedatum',
    en: 'date of birth',
    tr: 'doğum tarihi',
    ar: 'تاريخ الميلاد',
    pl: 'data urodzenia',
    uk: 'дата народження',
  }),
  sex: category('sensitive', { nl: 'geslacht', en: 'sex', tr: 'cinsiyet', ar: 'الجنس', pl: 'płeć', uk: 'стать' }, { demographic: true }),
  group: category('sensitive', {
    nl: 'groep of klas',
    en: 'group or class',
    tr: 'grup veya sınıf',
    ar: 'المجموعة أو الصف',
    pl: 'grupa lub klasa',
    uk: 'група або клас',
  }),
  'learning-results': category('sensitive', {
    nl: 'resultaten van toetsen en oefeningen',
    en: 'results of tests and exercises',
    tr: 'test ve alıştırma sonuçları',
    ar: 'نتائج الاختبارات والتمارين',
    pl: 'wyniki testów i ćwiczeń',
    uk: 'результати тестів і вправ',
  }),
  'learning-behaviour': category('sensitive', {
    nl: 'hoe iemand leert en vooruitgaat',
    en: 'how somebody learns and makes progress',
    tr: 'nasıl öğrenildiği ve ilerlendiği',
    ar: 'كيف يتعلم الشخص ويتقدم',
    pl: 'jak ktoś się uczy i robi postępy',
    uk: 'як людина вчиться і що вже вміє',
  }),
  'usage-data': category(
    'sensitive',
    {
      nl: 'wanneer, waar en waarmee iemand werkt',
      en: 'when, where and on what device somebody works',
      tr: 'ne zaman, nerede ve hangi cihazla çalışıldığı',
      ar: 'متى وأين وعلى أي جهاز يعمل الشخص',
      pl: 'kiedy, gdzie i na jakim urządzeniu ktoś pracuje',
      uk: 'коли, де і на якому пристрої людина працює',
    },
    { incidental: true },
  ),
  medical: category(
    'very_sensitive',
    {
      nl: 'gegevens over gezondheid',
      en: 'health data',
      tr: 'sağlıkla ilgili veriler',
      ar: 'بيانات عن الصحة',
      pl: 'dane o zdrowiu',
      uk: 'дані про здоровʼя',
    },
    { special: true },
  ),
  'support-needs': category(
    'very_sensitive',
    {
      nl: 'welke extra hulp nodig is',
      en: 'what extra support is needed',
      tr: 'hangi ek yardımın gerektiği',
      ar: 'ما هي المساعدة الإضافية المطلوبة',
      pl: 'jaka dodatkowa pomoc jest potrzebna',
      uk: 'яка додаткова допомога потрібна',
    },
    { special: true },
  ),
  images: category('sensitive', {
    nl: 'foto, film en geluid',
    en: 'photos, film and sound',
    tr: 'fotoğraf, video ve ses',
    ar: 'صور وفيديو وصوت',
    pl: 'zdjęcia, filmy i dźwięk',
    uk: 'фото, відео та звук',
  }),
  'guardian-data': category('sensitive', {
    nl: 'gegevens van ouders en verzorgers',
    en: 'data of parents and carers',
    tr: 'anne, baba ve velilerin verileri',
    ar: 'بيانات الوالدين ومن يرعى الطفل',
    pl: 'dane rodziców i opiekunów',
    uk: 'дані батьків та опікунів',
  }),
  finance: category('very_sensitive', {
    nl: 'gegevens over geld en betalingen',
    en: 'data about money and payments',
    tr: 'para ve ödemelerle ilgili veriler',
    ar: 'بيانات عن المال والمدفوعات',
    pl: 'dane o pieniądzach i płatnościach',
    uk: 'дані про гроші та платежі',
  }),
  'employee-data': category('sensitive', {
    nl: 'gegevens over het werk van medewerkers',
    en: 'data about the work of staff',
    tr: 'çalışanların işiyle ilgili veriler',
    ar: 'بيانات عن عمل الموظفين',
    pl: 'dane o pracy pracowników',
    uk: 'дані про роботу працівників',
  }),
  'age-bracket': category(
    'sensitive',
    {
      nl: 'hoe oud iemand ongeveer is',
      en: 'age bracket',
      tr: 'yaş grubu',
      ar: 'الفئة العمرية',
      pl: 'przedział wiekowy',
      uk: 'вікова група',
    },
    { demographic: true },
  ),
  'education-level': category(
    'sensitive',
    {
      nl: 'hoogste diploma',
      en: 'highest education',
      tr: 'en yüksek eğitim',
      ar: 'أعلى مستوى تعليمي',
      pl: 'najwyższe wykształcenie',
      uk: 'найвища освіта',
    },
    { demographic: true },
  ),
  'working-hours': category(
    'sensitive',
    {
      nl: 'hoeveel uur iemand werkt',
      en: 'how much somebody works (FTE)',
      tr: 'ne kadar çalışıldığı (FTE)',
      ar: 'مقدار ساعات العمل',
      pl: 'wymiar czasu pracy (etat)',
      uk: 'скільки людина працює (ставка)',
    },
    { demographic: true },
  ),
  'years-here': category(
    'sensitive',
    {
      nl: 'hoe lang iemand hier werkt',
      en: 'years at this school',
      tr: 'bu okuldaki yıllar',
      ar: 'سنوات العمل في هذه المدرسة',
      pl: 'lata pracy w tej szkole',
      uk: 'роки роботи в цій школі',
    },
    { demographic: true },
  ),
  'years-in-education': category(
    'sensitive',
    {
      nl: 'hoe lang iemand les geeft of op een school werkt',
      en: 'years in education',
      tr: 'eğitimdeki yıllar',
      ar: 'سنوات العمل في التعليم',
      pl: 'lata pracy w oświacie',
      uk: 'роки роботи в освіті',
    },
    { demographic: true },
  ),
  'teaching-subjects': category(
    'sensitive',
    {
      nl: 'klas of vak van iemand die les geeft',
      en: 'year group or subjects taught',
      tr: 'sınıf düzeyi veya dersler',
      ar: 'الصف أو المواد التي يدرّسها',
      pl: 'rocznik lub nauczane przedmioty',
      uk: 'рік навчання або предмети',
    },
    { demographic: true },
  ),
  'survey-answers': category('sensitive', {
    nl: 'wat iemand op vragen heeft gezegd',
    en: 'answers to a questionnaire',
    tr: 'anket cevapları',
    ar: 'إجابات الاستبيان',
    pl: 'odpowiedzi w ankiecie',
    uk: 'відповіді на анкету',
  }),
} as const satisfies Record<string, Category>

export type CategoryId = keyof typeof CATEGORIES

export function isCategory(id: string): id is CategoryId {
  return Object.hasOwn(CATEGORIES, id)
}

/** What research among staff usually asks (D16), ready for who writes a leaflet about it. */
export const STAFF_RESEARCH: readonly CategoryId[] = [
  'age-bracket',
  'sex',
  'education-level',
  'working-hours',
  'years-here',
  'years-in-education',
  'teaching-subjects',
  'survey-answers',
]
