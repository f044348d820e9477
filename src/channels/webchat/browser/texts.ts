/** The page's own words. A language that is missing falls back to its base, then to English. */

const en = {
  conversation: 'Conversation',
  write: 'Message',
  placeholder: 'Write a message…',
  send: 'Send',
  attach: 'Attach a file',
  removeFile: 'Remove {0}',
  uploading: 'Uploading {0}',
  uploadFailed: '{0} could not be uploaded.',
  sending: 'Sending…',
  accepted: 'Sent',
  failed: 'Not sent.',
  refused: 'This message cannot be sent here.',
  again: 'Try again',
  offline: 'No connection. Trying again…',
  notAllowed: 'This chat is not available here.',
  typing: '{0} is typing…',
  someone: 'The other side',
  you: 'You',
  ended: 'The conversation has ended. Write to us to begin a new one.',
  pushed: 'You are shown this page:',
  chooseOne: 'Choose one',
  chooseSeveral: 'Choose one or more',
  confirm: 'Confirm',
  end: 'End conversation',
  tooLong: 'At most {0} characters.',
  close: 'Close chat',
};
export type Words = Readonly<typeof en>;

const languages: Readonly<Record<string, Partial<Words>>> = {
  en,
  de: {
    conversation: 'Unterhaltung',
    write: 'Nachricht',
    placeholder: 'Nachricht schreiben …',
    send: 'Senden',
    attach: 'Datei anhängen',
    removeFile: '{0} entfernen',
    uploading: '{0} wird hochgeladen',
    uploadFailed: '{0} konnte nicht hochgeladen werden.',
    sending: 'Wird gesendet …',
    accepted: 'Gesendet',
    failed: 'Nicht gesendet.',
    refused: 'Diese Nachricht kann hier nicht gesendet werden.',
    again: 'Erneut versuchen',
    offline: 'Keine Verbindung. Neuer Versuch …',
    notAllowed: 'Dieser Chat ist hier nicht verfügbar.',
    typing: '{0} schreibt …',
    someone: 'Die andere Seite',
    you: 'Sie',
    ended: 'Die Unterhaltung ist beendet. Schreiben Sie uns, um eine neue zu beginnen.',
    pushed: 'Ihnen wird diese Seite gezeigt:',
    chooseOne: 'Bitte wählen',
    chooseSeveral: 'Eines oder mehrere wählen',
    confirm: 'Bestätigen',
    end: 'Unterhaltung beenden',
    tooLong: 'Höchstens {0} Zeichen.',
    close: 'Chat schließen',
  },
  fr: {
    conversation: 'Conversation',
    write: 'Message',
    placeholder: 'Écrivez un message…',
    send: 'Envoyer',
    attach: 'Joindre un fichier',
    removeFile: 'Retirer {0}',
    uploading: 'Envoi de {0}',
    uploadFailed: '{0} n’a pas pu être envoyé.',
    sending: 'Envoi…',
    accepted: 'Envoyé',
    failed: 'Non envoyé.',
    refused: 'Ce message ne peut pas être envoyé ici.',
    again: 'Réessayer',
    offline: 'Pas de connexion. Nouvel essai…',
    notAllowed: 'Ce chat n’est pas disponible ici.',
    typing: '{0} écrit…',
    someone: 'Votre correspondant',
    you: 'Vous',
    ended: 'La conversation est terminée. Écrivez-nous pour en commencer une autre.',
    pushed: 'On vous montre cette page :',
    chooseOne: 'Choisissez',
    chooseSeveral: 'Choisissez une ou plusieurs réponses',
    confirm: 'Confirmer',
    end: 'Terminer la conversation',
    tooLong: '{0} caractères au maximum.',
    close: 'Fermer le chat',
  },
  es: {
    conversation: 'Conversación',
    write: 'Mensaje',
    placeholder: 'Escriba un mensaje…',
    send: 'Enviar',
    attach: 'Adjuntar un archivo',
    removeFile: 'Quitar {0}',
    uploading: 'Subiendo {0}',
    uploadFailed: 'No se pudo subir {0}.',
    sending: 'Enviando…',
    accepted: 'Enviado',
    failed: 'No enviado.',
    refused: 'Este mensaje no se puede enviar aquí.',
    again: 'Reintentar',
    offline: 'Sin conexión. Reintentando…',
    notAllowed: 'Este chat no está disponible aquí.',
    typing: '{0} está escribiendo…',
    someone: 'La otra persona',
    you: 'Usted',
    ended: 'La conversación ha terminado. Escríbanos para empezar otra.',
    pushed: 'Se le muestra esta página:',
    chooseOne: 'Elija una opción',
    chooseSeveral: 'Elija una o varias opciones',
    confirm: 'Confirmar',
    end: 'Terminar la conversación',
    tooLong: 'Como máximo {0} caracteres.',
    close: 'Cerrar el chat',
  },
  ar: {
    conversation: 'المحادثة',
    write: 'رسالة',
    placeholder: 'اكتب رسالة…',
    send: 'إرسال',
    attach: 'إرفاق ملف',
    removeFile: 'إزالة {0}',
    uploading: 'جارٍ رفع {0}',
    uploadFailed: 'تعذر رفع {0}.',
    sending: 'جارٍ الإرسال…',
    accepted: 'أُرسلت',
    failed: 'لم تُرسل.',
    refused: 'لا يمكن إرسال هذه الرسالة هنا.',
    again: 'إعادة المحاولة',
    offline: 'لا يوجد اتصال. تجري إعادة المحاولة…',
    notAllowed: 'هذه الدردشة غير متاحة هنا.',
    typing: '{0} يكتب…',
    someone: 'الطرف الآخر',
    you: 'أنت',
    ended: 'انتهت المحادثة. راسلنا لبدء محادثة جديدة.',
    pushed: 'تُعرض عليك هذه الصفحة:',
    chooseOne: 'اختر واحدًا',
    chooseSeveral: 'اختر واحدًا أو أكثر',
    confirm: 'تأكيد',
    end: 'إنهاء المحادثة',
    tooLong: 'الحد الأقصى {0} حرفًا.',
    close: 'إغلاق الدردشة',
  },
};

/** Languages that are read from right to left, of those the page speaks and others a site may ask for. */
const rightToLeft = new Set(['ar', 'fa', 'he', 'ur', 'yi', 'ps', 'sd', 'ckb']);

const base = (language: string): string => language.toLowerCase().split(/[-_]/)[0] ?? '';

export function wordsFor(language: string): Words {
  return { ...en, ...languages[base(language)] };
}

/** The first of these languages that the page speaks. */
export function chooseLanguage(wanted: readonly string[]): string {
  return wanted.find((language) => base(language) in languages) ?? wanted[0] ?? 'en';
}

export function directionOf(language: string): 'ltr' | 'rtl' {
  return rightToLeft.has(base(language)) ? 'rtl' : 'ltr';
}

/** `{0}` filled in; kept apart from its surroundings, whichever way it is read. */
export function fill(text: string, value: string): string {
  return text.replace('{0}', () => `\u2068${value}\u2069`);
}
