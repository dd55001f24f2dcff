import './css/base.css';
import './css/forms.css';
import './css/account.css';
import './css/admin.css';
import './css/depot.css';
import { DepotPage } from './depot/page';
import { chooseLanguage, language, setLanguage, t } from './i18n';

const asked = new URLSearchParams(location.search).get('lang');
setLanguage(chooseLanguage([asked, ...navigator.languages]));
document.documentElement.lang = language;
document.title = `${t.product} – ${t.depot.title}`;

// Only over HTTPS, and on the machine itself.
if ('serviceWorker' in navigator) void navigator.serviceWorker.register('./depot-worker.js').catch(() => undefined);

const root = document.getElementById('app');
if (root) void new DepotPage(root).start();
