import { mount } from 'svelte';
import '@shared/styles/base.css';
import { applyRememberedTheme } from '@shared/theme.svelte';
import Gallery from './Gallery.svelte';

applyRememberedTheme();
mount(Gallery, { target: document.getElementById('app')! });
