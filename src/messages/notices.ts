import type { MailWords } from './mail.ts'

/**
 * `question`: the school asks something. `direct_question`: a supplier does, and the school has no part in it.
 * `told`: the school passes something on that needs no consent, and says why (C23).
 * `first_yes`: another decider said yes, and one may still say no. `sixteen`: one decides now. `reminder`: a question of
 * the school waits still. `inquiry_answered`: the school answered what one asked it. `images`:
 * once a year, that pictures can be stopped.
 * `stopped`: something they said yes to is shared no more, because of what the school passed on.
 */
export type Notice =
  | 'question'
  | 'direct_question'
  | 'told'
  | 'first_yes'
  | 'sixteen'
  | 'reminder'
  | 'inquiry_answered'
  | 'images'
  | 'stopped'

/** Mails never say about whom, what or by whom: they may be read by others, and the question itself may be special (design §3). */
export const NOTICE_TEXTS: Record<Notice, MailWords<[board: string, link: string]>> = {
  question: {
    nl: (board, link) => ({
      subject: `Een vraag via ${board}`,
      text: `Er staat een vraag voor u klaar. U beslist zelf; nee zeggen heeft geen nadelige gevolgen.\n\nBekijk de vraag: ${link}\n`,
    }),
    en: (board, link) => ({
      subject: `A question by way of ${board}`,
      text: `There is a question for you. You decide; saying no does you no harm.\n\nSee the question: ${link}\n`,
    }),
  },
  direct_question: {
    nl: (_board, link) => ({
      subject: 'Er is een vraag voor u',
      text: `Er staat een vraag voor u klaar. U beslist zelf. De school stelt deze vraag niet en ziet uw antwoord niet.\n\nBekijk de vraag: ${link}\n`,
    }),
    en: (_board, link) => ({
      subject: 'There is a question for you',
      text: `There is a question for you. You decide. The school does not ask this and does not see your answer.\n\nSee the question: ${link}\n`,
    }),
  },
  told: {
    nl: (board, link) => ({
      subject: `Nieuwe informatie van ${board}`,
      text: `De school deelt iets nieuws. Daarvoor is uw toestemming niet nodig. Lees wat het is en waarom het mag:\n\n${link}\n\nBent u het er niet mee eens? Daar staat ook wat u dan kunt doen.\n`,
    }),
    en: (board, link) => ({
      subject: `New information from ${board}`,
      text: `The school shares something new. It does not need your consent for it. Read what it is and why it may:\n\n${link}\n\nDo you not agree? There you also find what you can do then.\n`,
    }),
  },
  first_yes: {
    nl: (board, link) => ({
      subject: `Er is ja gezegd via ${board}`,
      text: `Iemand die samen met u beslist heeft ja gezegd op een vraag. Bent u het er niet mee eens? Dan zegt u nee met één druk op de knop:\n\n${link}\n`,
    }),
    en: (board, link) => ({
      subject: `Somebody said yes by way of ${board}`,
      text: `Somebody who decides together with you said yes to a question. Do you not agree? Then say no with one press of a button:\n\n${link}\n`,
    }),
  },
  reminder: {
    nl: (board, link) => ({
      subject: `Er wacht nog een vraag via ${board}`,
      text: `Er staat nog een vraag voor u klaar. U beslist zelf: ja en nee zijn allebei goed. Na uw antwoord mailen wij u hier niet meer over.\n\nBekijk de vraag: ${link}\n`,
    }),
    en: (board, link) => ({
      subject: `A question is still waiting by way of ${board}`,
      text: `There is still a question for you. You decide: yes and no are both fine. Once you have answered we do not mail you about it again.\n\nSee the question: ${link}\n`,
    }),
  },
  images: {
    nl: (board, link) => ({
      subject: `Foto, film en geluid via ${board}`,
      text: `U zei eerder ja op foto, film of geluid. U kunt dat altijd stoppen, per plaats met één druk op de knop:\n\n${link}\n\nVindt u het nog goed? Dan hoeft u niets te doen.\n`,
    }),
    en: (board, link) => ({
      subject: `Photos, film and sound by way of ${board}`,
      text: `You said yes to photos, film or sound. You can always stop that, for each place with one press of a button:\n\n${link}\n\nIs it still fine? Then you need not do anything.\n`,
    }),
  },
  inquiry_answered: {
    nl: (board, link) => ({
      subject: `Antwoord op uw vraag aan ${board}`,
      text: `U vroeg de school iets. Het antwoord staat voor u klaar:\n\n${link}\n`,
    }),
    en: (board, link) => ({
      subject: `An answer to your question to ${board}`,
      text: `You asked the school something. The answer is here for you:\n\n${link}\n`,
    }),
  },
  stopped: {
    nl: (board, link) => ({
      subject: 'Er is iets gestopt',
      text: `Er wordt iets niet meer gedeeld waar u ja op zei. Dat komt door een wijziging bij ${board}, bijvoorbeeld een andere school. De school weet niet wat u deelde.\n\nBekijk het hier: ${link}\n`,
    }),
    en: (board, link) => ({
      subject: 'Something has stopped',
      text: `Something you said yes to is no longer shared. That is because of a change at ${board}, another school for instance. The school does not know what you shared.\n\nSee it here: ${link}\n`,
    }),
  },
  sixteen: {
    nl: (board, link) => ({
      subject: `Voortaan beslis je zelf, via ${board}`,
      text: `Je bent zestien. Vanaf nu beslis je zelf over je gegevens. Wat je ouders hebben goedgevonden kun je bekijken en stoppen:\n\n${link}\n`,
    }),
    en: (board, link) => ({
      subject: `From now on you decide, by way of ${board}`,
      text: `You are sixteen. From now on you decide about your data. You can see and stop what your parents agreed to:\n\n${link}\n`,
    }),
  },
}
