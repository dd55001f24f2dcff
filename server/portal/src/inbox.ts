import './css/base.css';
import './css/forms.css';
import './css/account.css';
import './css/admin.css';
import './css/depot.css';
import './css/inbox.css';
import { chooseLanguage, language, setLanguage, t } from './i18n';
import { InboxPage } from './inbox/page';

const asked = new URLSearchParams(location.search).get('lang');
setLanguage(chooseLanguage([asked, ...navigator.languages]));
document.documentElement.lang = language;
document.title = `${t.product} – ${t.inbox.title}`;

const root = document.getElementById('app');
if (root) void new InboxPage(root).start();
