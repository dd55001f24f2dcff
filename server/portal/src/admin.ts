import './css/base.css';
import './css/forms.css';
import './css/account.css';
import './css/admin.css';
import { AdminPage } from './admin/page';
import { chooseLanguage, language, setLanguage, t } from './i18n';

const asked = new URLSearchParams(location.search).get('lang');
setLanguage(chooseLanguage([asked, ...navigator.languages]));
document.documentElement.lang = language;
document.title = `${t.product} – ${t.administration}`;

const root = document.getElementById('app');
if (root) void new AdminPage(root).start();
