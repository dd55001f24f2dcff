import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const shipped = ['maplibre-gl/LICENSE.txt', '@fontsource-variable/source-sans-3/LICENSE'];

/** Writes the licences of what ends up in the browser next to the built files. */
function licences(): Plugin {
  return {
    name: 'carreau-licences',
    generateBundle() {
      const texts = shipped.map((file) => {
        const path = fileURLToPath(new URL(`node_modules/${file}`, import.meta.url));
        return `${file}\n\n${readFileSync(path, 'utf8').trim()}\n`;
      });
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source: texts.join('\n----\n\n') });
    },
  };
}

export default defineConfig({
  base: './',
  build: {
    target: 'es2020',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    modulePreload: { polyfill: false },
    rollupOptions: { input: ['index.html', 'a-traiter.html', 'admin.html', 'depot.html', 'donnees.html'] },
  },
  plugins: [licences()],
  server: {
    // `npm run dev` shows the portal against a running server; the server's address is the only setting.
    proxy: Object.fromEntries(
      ['/collections', '/styles', '/search', '/tiles', '/session', '/uploads', '/jobs', '/inbox', '/admin/', '/login/', '/atom', '/catalogue', '/csw', '/downloads', '/metadata', '/wfs'].map((path) => [
        path,
        { target: process.env['CARREAU_URL'] ?? 'http://localhost:8080' },
      ]),
    ),
  },
});
