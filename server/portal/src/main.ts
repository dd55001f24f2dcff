import 'maplibre-gl/dist/maplibre-gl.css';
import './css/base.css';
import './css/map.css';
import './css/frame.css';
import './css/search.css';
import './css/panel.css';
import './css/card.css';
import './css/time.css';
import './css/forms.css';
import './css/account.css';
import { App } from './app';
import { parseAddress } from './address';
import { chooseLanguage, language, setLanguage, t } from './i18n';

const address = parseAddress(location.hash);
const asked = address.lang ?? new URLSearchParams(location.search).get('lang');
setLanguage(chooseLanguage([asked, ...navigator.languages]));
document.documentElement.lang = language;
document.title = `${t.product} – ${t.subtitle}`;

const root = document.getElementById('app');
if (root) void fontsReady().then(() => new App(root, { ...address, lang: asked ? language : null }).start());

/** Labels on the map are drawn from the page's own font: it has to be there before the first one. */
async function fontsReady(): Promise<void> {
  const faces = ['400 16px "Carreau Sans"', '700 16px "Carreau Sans Bold"'];
  const patience = new Promise((resolve) => setTimeout(resolve, 1500));
  await Promise.race([Promise.allSettled(faces.map((face) => document.fonts.load(face, 'Béthune'))), patience]);
}
