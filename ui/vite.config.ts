import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The gallery is a development page: it is an input only when asked for, so no release can contain it.
const withGallery = process.env.ARUMBAE_GALLERY === '1';

export default defineConfig({
  plugins: [svelte()],
  // Relative, because the Tauri shell and the test host serve the same files from different roots.
  base: './',
  clearScreen: false,
  resolve: {
    alias: {
      '@shared': at('./src/shared'),
      '@host': at('./src/host'),
      '@bindings': at('./src/bindings'),
      '@messages': at('../assets/messages'),
    },
  },
  server: { port: 5173, strictPort: true, fs: { allow: ['.', '../assets'] } },
  build: {
    outDir: withGallery ? 'dist-gallery' : 'dist',
    emptyOutDir: true,
    // The engines that understand light-dark(): WebView2 is evergreen, WebKitGTK has it since 2.44.
    target: ['chrome123', 'safari17.5'],
    // An inlined font or worker would need data: in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: withGallery ? { gallery: at('./gallery.html') } : { index: at('./index.html') } },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
