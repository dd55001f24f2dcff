/** « Convention ADS » needs no "la convention" before it. */
function named(title: string): string {
  return /^(convention|engagement|acte)\b/i.test(title) ? `«\u00a0${title}\u00a0»` : `La convention «\u00a0${title}\u00a0»`;
}

/** The words of what knows the reader: login, notices, own accesses; and of dialogs and forms anywhere. */
export const accountFr = {
  close: 'Fermer',
  cancel: 'Annuler',
  serverAwayTryAgain: 'Le serveur ne répond pas. Vérifiez votre connexion et réessayez.',
  refused: (status: number) => `Le serveur a refusé la demande (${status}).`,

  login: 'Se connecter',
  logout: 'Se déconnecter',
  account: 'Mon compte',
  administration: 'Administration',
  loggedIn: (name: string) => `Connexion établie\u00a0: ${name}.`,
  loggedOut: 'Vous êtes déconnecté.',
  loginTitle: 'Connexion',
  loginName: 'Identifiant',
  password: 'Mot de passe',
  or: 'ou',
  loginRefused: "Identifiant ou mot de passe incorrect, ou compte qui n'est plus actif.",
  loginTooOften: (wait: string) => `Trop d'essais. Réessayez ${wait}.`,
  waitSome: 'dans quelques minutes',
  waitSeconds: (count: number) => (count === 1 ? 'dans 1 seconde' : `dans ${count} secondes`),
  waitMinutes: (count: number) => `dans ${count} minutes`,
  loginFailed: "La connexion n'a pas abouti. Réessayez.",
  loginErrors: {
    refused: "Le fournisseur d'identité a refusé la connexion.",
    no_account: "Vous êtes bien identifié, mais aucun compte de la carte ne vous correspond. Adressez-vous au service SIG.",
    provider_away: "Le fournisseur d'identité ne répond pas. Réessayez dans un instant.",
  } as Record<string, string>,

  notices: 'Messages sur vos accès',
  noticeClose: 'Fermer ce message',
  sessionLost: "Votre session a pris fin. La carte montre les couches publiques\u00a0; reconnectez-vous pour retrouver les autres.",
  conventionEnded: (title: string, day: string) => `${named(title)} a pris fin le ${day}.`,
  conventionEnding: (title: string, day: string) => `${named(title)} prend fin le ${day}.`,
  layersClosed: (layers: string[]) =>
    layers.length === 1 ? `La couche ${layers[0]} ne vous est plus ouverte.` : `Ne vous sont plus ouvertes\u00a0: ${layers.join(', ')}.`,
  whomToAsk: "À qui s'adresser\u00a0:",
  whomToAskUnknown: 'le service SIG.',

  myAccesses: 'Mes accès QGIS et jetons',
  accessesHelp:
    "Un accès par poste ou par programme\u00a0: s'il est perdu, on le révoque sans toucher aux autres. Votre mot de passe de connexion ne sert qu'ici.",
  accessesNone: "Aucun accès pour l'instant.",
  accessNew: 'Nouvel accès',
  accessTitle: 'Nom',
  accessTitleHint: 'Par exemple «\u00a0QGIS, poste du bureau\u00a0»',
  accessKind: 'Pour',
  tokenKinds: { application: "QGIS (mot de passe d'application)", token: 'Programme (jeton)' },
  accessExpires: "Valable jusqu'au",
  accessExpiresHint: "Facultatif\u00a0; sans date, l'accès vaut jusqu'à sa révocation.",
  accessCreate: "Créer l'accès",
  accessRevoke: 'Révoquer',
  accessRevokeLong: (title: string) => `Révoquer l'accès ${title}`,
  accessRevokeWarning: "Ce qui l'utilise cessera de fonctionner aussitôt. Un accès révoqué ne se rétablit pas.",
  accessCreated: (day: string) => `créé le ${day}`,
  accessUsed: (day: string) => `utilisé le ${day}`,
  accessNeverUsed: 'jamais utilisé',
  accessUntil: (day: string) => `valable jusqu'au ${day}`,
  accessExpired: (day: string) => `expiré le ${day}`,
  secretTitle: (title: string) => `Accès «\u00a0${title}\u00a0» créé`,
  secretOnce: "Copiez ce secret maintenant\u00a0: il ne sera plus jamais affiché.",
  copySecret: 'Copier',
  secretCopied: 'Copié',
  secretNotCopied: "La copie n'a pas abouti\u00a0: sélectionnez le texte.",
  qgisTitle: 'Dans QGIS',
  qgisSteps: (address: string, login: string) => [
    'Menu Couche, Gestionnaire des sources de données, puis WFS / OGC API - Features et Nouveau.',
    `URL\u00a0: ${address} (version\u00a0: OGC API - Features).`,
    'Authentification\u00a0: onglet Configurations, ajoutez une authentification «\u00a0Basic\u00a0».',
    `Nom d'utilisateur\u00a0: ${login}. Mot de passe\u00a0: le secret ci-dessus (mot de passe d'application).`,
  ],
  scriptTitle: 'Dans un programme',
  scriptSteps: (address: string) => [
    `Adresse de l'API\u00a0: ${address}`,
    "Ajoutez à chaque requête l'en-tête «\u00a0Authorization: Bearer\u00a0», suivi d'une espace et du secret.",
    "Un programme qui ne connaît que les clés d'API l'envoie dans l'en-tête «\u00a0X-API-Key\u00a0».",
  ],
};
