import { mount } from 'svelte';
import '@shared/styles/base.css';
import { language, setLanguage } from '@shared/i18n/index.svelte';
import { applyRememberedTheme } from '@shared/theme.svelte';
import App from './views/App.svelte';

applyRememberedTheme();
setLanguage(language());
mount(App, { target: document.getElementById('app')! });
