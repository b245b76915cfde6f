// Draws the gallery and the shell in light and dark at 1280×720 → target/screenshots, through Chromium (CHROMIUM or
// /usr/bin/chromium). Fails when a page reports an error, the content security policy refuses something, or axe finds
// something people with a screen reader or weak eyes would stumble over.
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { serve } from './serve.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const shots = at('../../target/screenshots');
mkdirSync(shots, { recursive: true });

/** Errors of the page, refusals of the policy, and what axe finds. */
const complaints = [];
const axe = readFileSync(at('../node_modules/axe-core/axe.min.js'), 'utf8');
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

async function checkAccessibility(page, place, rules = {}) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate((rules) => globalThis.axe.run({ rules }), rules);
  for (const { id, help, nodes } of violations) {
    complaints.push(`${place}: ${id}: ${help}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
  }
}

const gallery = await serve(at('../dist-gallery'));
for (const scheme of ['light', 'dark']) {
  const page = await open(gallery, '/gallery.html', scheme);
  await page.screenshot({ path: `${shots}/gallery-${scheme}.png`, fullPage: true });
  await checkAccessibility(page, `gallery ${scheme}`);
  await page.getByRole('button', { name: 'Buka kalender' }).click();
  await page.waitForTimeout(250);
  await page.screenshot({ path: `${shots}/gallery-calendar-${scheme}.png` });
  await checkAccessibility(page, `calendar ${scheme}`);
  await page.keyboard.press('Escape');
  await page.getByLabel('Kecamatan').fill('teluk');
  await page.waitForTimeout(250);
  await page.screenshot({ path: `${shots}/gallery-combobox-${scheme}.png` });
  // An open list hangs at the end of the body, outside every landmark, where nothing clips it.
  await checkAccessibility(page, `combobox ${scheme}`, { region: { enabled: false } });
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Hapus Saksi 2' }).click();
  await page.getByRole('button', { name: 'Buka dialog' }).click();
  await page.waitForTimeout(250);
  await page.screenshot({ path: `${shots}/gallery-dialog-${scheme}.png` });
  await checkAccessibility(page, `dialog ${scheme}`);
  await page.close();
}
gallery.close();

/** Answers of an officer's laptop in the sample province, so that the frame can be drawn without the program. */
const ANSWERS = {
  app_state: {
    phase: 'open',
    sample: 'officer',
    version: '0.1.0',
    wait_seconds: 0,
    profile: {
      name: 'Contoh Petugas',
      position: 'Anggota Panwascam',
      role: 'petugas',
      scope: '81.71.01',
      scope_name: 'Kec. Nusaniwe, Kota Ambon',
      enrolment: null,
    },
  },
  sync_state: {
    phase: 'idle',
    waiting_saves: 3,
    waiting_bytes: 4_200,
    waiting_attachments: 1,
    waiting_attachment_bytes: 3_200_000,
    sent_saves: 1_240,
    last_contact: '2024-09-21T05:32:00Z',
    held: 0,
    clock: { warn: false },
    receipts: [],
  },
  home: {
    deadlines: [
      {
        row: { id: 'x', title: 'Dugaan keterlibatan ASN' },
        deadline: { deadline: { due: new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10) } },
      },
    ],
    drafts: [],
    returned: [],
    to_review: [],
    recent: [],
    counts: [],
    conflicts: 0,
  },
};
const shell = await serve(at('../dist'), (_, body) => {
  const answer = ANSWERS[JSON.parse(body).name];
  return answer
    ? { status: 200, json: answer }
    : { status: 500, json: { code: 'unknown-command', message: 'Tidak dikenal', hint: '', reference: 'AR-0' } };
});
for (const scheme of ['light', 'dark']) {
  const page = await open(shell, '/index.html', scheme);
  await page.getByRole('link', { name: 'Beranda' }).waitFor();
  await page.keyboard.press('Alt+2');
  await page.getByRole('heading', { name: 'Pengawasan' }).waitFor();
  await page.screenshot({ path: `${shots}/shell-${scheme}.png` });
  await checkAccessibility(page, `shell ${scheme}`);
  await page.close();
}
shell.close();

await browser.close();
if (complaints.length > 0) {
  console.error([...new Set(complaints)].join('\n'));
  process.exit(1);
}
