// Draws the gallery (and the shell) in light and dark at 1280×720 → target/screenshots, through Chromium (CHROMIUM or
// /usr/bin/chromium). Fails when the page reports an error or the content security policy refuses something.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { serve } from './serve.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const shots = at('../../target/screenshots');
mkdirSync(shots, { recursive: true });

const complaints = [];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});

async function open(site, path, colorScheme, size = { width: 1280, height: 720 }) {
  const page = await browser.newPage({ viewport: size, colorScheme, timezoneId: 'Asia/Jakarta' });
  page.on('console', (message) => message.type() === 'error' && complaints.push(`${path}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`${path}: ${error.message}`));
  await page.goto(site.url + path);
  await page.evaluate(() => document.fonts.ready);
  return page;
}

const gallery = await serve(at('../dist-gallery'));
for (const scheme of ['light', 'dark']) {
  const page = await open(gallery, '/gallery.html', scheme);
  await page.screenshot({ path: `${shots}/gallery-${scheme}.png`, fullPage: true });
  await page.getByRole('button', { name: 'Buka kalender' }).click();
  await page.waitForTimeout(250);
  await page.screenshot({ path: `${shots}/gallery-calendar-${scheme}.png` });
  await page.keyboard.press('Escape');
  await page.getByLabel('Kecamatan').fill('teluk');
  await page.waitForTimeout(250);
  await page.screenshot({ path: `${shots}/gallery-combobox-${scheme}.png` });
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Hapus Saksi 2' }).click();
  await page.getByRole('button', { name: 'Buka dialog' }).click();
  await page.waitForTimeout(250);
  await page.screenshot({ path: `${shots}/gallery-dialog-${scheme}.png` });
  await page.close();
}
gallery.close();

await browser.close();
if (complaints.length > 0) {
  console.error([...new Set(complaints)].join('\n'));
  process.exit(1);
}
