import './css/base.css';
import './css/forms.css';
import './css/account.css';
import './css/admin.css';
import './css/open-data.css';
import { chooseLanguage, language, setLanguage, t } from './i18n';
import { OpenDataPage } from './open-data/page';

const asked = new URLSearchParams(location.search).get('lang');
setLanguage(chooseLanguage([asked, ...navigator.languages]));
document.documentElement.lang = language;
document.title = `${t.product} – ${t.openData.title}`;

const root = document.getElementById('app');
if (root) void new OpenDataPage(root).start();
