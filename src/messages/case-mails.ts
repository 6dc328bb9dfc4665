import type { MailWords } from './mail.ts'

/** What there is to tell; the page behind the link says the rest. No mail says about whom, which right, or why. */
export type CaseMail =
  | 'received'
  | 'news'
  | 'to_handle'
  | 'overdue'
  | 'incident'
  | 'demand'
  | 'transfer'
  | 'emergency'
  | 'emergency_noted'
  | 'checklist_point'

export const CASE_MAIL_TEXTS: Record<CaseMail, MailWords<[board: string, link: string]>> = {
  received: {
    nl: (board, link) => ({
      subject: 'Wij hebben uw verzoek ontvangen',
      text: `Uw verzoek over gegevens is binnen, via ${board}. U ziet hier wie het behandelt en wanneer u uiterlijk antwoord krijgt:\n\n${link}\n`,
    }),
    en: (board, link) => ({
      subject: 'We received your request',
      text: `Your request about data has come in, by way of ${board}. See who handles it, and by when you get an answer:\n\n${link}\n`,
    }),
  },
  news: {
    nl: (board, link) => ({ subject: 'Er is nieuws over uw verzoek', text: `Er is nieuws over uw verzoek bij ${board}:\n\n${link}\n` }),
    en: (board, link) => ({ subject: 'News about your request', text: `There is news about your request at ${board}:\n\n${link}\n` }),
  },
  to_handle: {
    nl: (board, link) => ({
      subject: 'Een verzoek wacht op de school',
      text: `Iemand vraagt iets over gegevens bij ${board}. De wet geeft er een vaste tijd voor. Bekijk het verzoek:\n\n${link}\n`,
    }),
    en: (board, link) => ({
      subject: 'A request waits for the school',
      text: `Somebody asks something about data at ${board}. The law sets a time for it. See the request:\n\n${link}\n`,
    }),
  },
  overdue: {
    nl: (board, link) => ({
      subject: 'Een taak over gegevens is te laat',
      text: `De school moest iets weghalen of verbeteren, en de dag is voorbij. Dat is bij ${board}. Bekijk wat er nog moet:\n\n${link}\n`,
    }),
    en: (board, link) => ({
      subject: 'A task about data is overdue',
      text: `The school had to take something down or put it right, and the day has passed. It is at ${board}. See what is left to do:\n\n${link}\n`,
    }),
  },
  transfer: {
    nl: (board, link) => ({
      subject: 'Een dossier gaat mee naar een andere school',
      text: `Via ${board} gaat een dossier mee naar een andere school. Kijk of het klopt. Wat u erbij zegt, gaat ook mee:\n\n${link}\n`,
    }),
    en: (board, link) => ({
      subject: 'A dossier goes along to another school',
      text: `Through ${board} a dossier goes along to another school. See whether it is right. What you say about it goes along too:\n\n${link}\n`,
    }),
  },
  emergency: {
    nl: (board, link) => ({
      subject: 'Gegevens gegeven in een noodgeval',
      text: `Een school van ${board} gaf gegevens aan iemand, omdat het niet kon wachten. U was niet te bereiken. Lees wat er gegeven is, aan wie en waarom:\n\n${link}\n`,
    }),
    en: (board, link) => ({
      subject: 'Data given in an emergency',
      text: `A school of ${board} gave data to somebody, because it could not wait. You could not be reached. Read what was given, to whom and why:\n\n${link}\n`,
    }),
  },
  emergency_noted: {
    nl: (board, link) => ({
      subject: 'Gegevens gegeven in een noodgeval',
      text: `Iemand op een school van ${board} gaf gegevens van een leerling zonder toestemming, omdat het niet kon wachten. Bekijk het:\n\n${link}\n`,
    }),
    en: (board, link) => ({
      subject: 'Data given in an emergency',
      text: `Somebody at a school of ${board} gave data of a pupil without consent, because it could not wait. See what happened:\n\n${link}\n`,
    }),
  },
  incident: {
    nl: (board, link) => ({
      subject: 'Datalek gemeld: kijk nu',
      text: `Bij ${board} is een datalek gemeld. De tijd om te melden loopt. Bekijk het datalek:\n\n${link}\n`,
    }),
    en: (board, link) => ({
      subject: 'Data leak reported: look now',
      text: `A data leak was reported at ${board}. The time to notify is running. See the leak:\n\n${link}\n`,
    }),
  },
  checklist_point: {
    nl: (board, link) => ({
      subject: 'Wilt u iets in orde maken?',
      text: `Bij ${board} kan iets beter met gegevens. Een collega vraagt u om dat te doen. Bekijk wat, en voor welke dag:\n\n${link}\n`,
    }),
    en: (board, link) => ({
      subject: 'Would you put something right?',
      text: `Something about data can be better at ${board}. A colleague asks you to see to it. See what, and by which day:\n\n${link}\n`,
    }),
  },
  demand: {
    nl: (board, link) => ({
      subject: 'Iemand eist gegevens op bij een bedrijf',
      text: `Een bedrijf dat werkt voor ${board} meldt dit: iemand eist gegevens op, en zegt dat het van de wet moet. Kijk wat het bedrijf doet:\n\n${link}\n`,
    }),
    en: (board, link) => ({
      subject: 'Somebody demands data of a company',
      text: `A company that works for ${board} reports this: somebody demands data, and says that the law requires it. See what the company does:\n\n${link}\n`,
    }),
  },
}

/** To a supplier that is late. No mail says about whom, or what has to be destroyed: the page behind the link does. */
export const DUTY_MAIL: MailWords<[board: string, link: string]> = {
  nl: (board, link) => ({
    subject: 'Een opdracht over gegevens is te laat',
    text: `U heeft een opdracht van ${board} nog niet gedaan, en de dag is voorbij. Meld dat het klaar is:\n\n${link}\n`,
  }),
  en: (board, link) => ({
    subject: 'A task about data is overdue',
    text: `You have not done a task of ${board} yet, and its day has passed. Say when it is done:\n\n${link}\n`,
  }),
}
