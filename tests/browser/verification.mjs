// Drives the server's public page as a visitor does: node verification.mjs URL CASES SHOTS
//
// CASES is a JSON file of [{file, heading}]: what is chosen, and the heading the page must answer with. The first one is
// known to the log and must not be uploaded. Prints complaints, one a line, and fails if there is one: a wrong answer, an
// error of the page, a refusal of the content security policy, or what axe finds.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const fromUi = createRequire(new URL('../../ui/package.json', import.meta.url));
const { chromium } = fromUi('playwright-core');
const axe = readFileSync(fromUi.resolve('axe-core/axe.min.js'), 'utf8');

const [url, casesFile, shots] = process.argv.slice(2);
const cases = JSON.parse(readFileSync(casesFile, 'utf8'));
const complaints = [];
const complain = (what) => complaints.push(what);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'],
});

async function visit(colorScheme, options = {}) {
  // The province's own authority is in no browser's store.
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    colorScheme,
    locale: 'id-ID',
    viewport: { width: 390, height: 844 },
    ...options,
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    // A hash that is not known is answered with 404, which the browser notes; everything else is an error.
    if (message.type() === 'error' && !message.text().includes('404')) complain(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complain(`page: ${error.message}`));
  await page.goto(url);
  return page;
}

async function checkAccessibility(page, place) {
  // The policy forbids scripts of others on the page itself; axe runs in a world of its own.
  const { violations } = await page.evaluate(`${axe}; axe.run()`);
  for (const { id, help, nodes } of violations) {
    complain(`${place}: ${id}: ${help}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
  }
}

async function answer(page) {
  return (await page.locator('.answer h2').innerText()).replace(/^\W+/u, '').trim();
}

for (const scheme of ['light', 'dark']) {
  const page = await visit(scheme);
  await checkAccessibility(page, `start ${scheme}`);
  await page.screenshot({ path: `${shots}/verification-start-${scheme}.png`, fullPage: true });
  for (const [number, { file, heading }] of cases.entries()) {
    const posts = [];
    const note = (request) => request.method() === 'POST' && posts.push(request.url());
    page.on('request', note);
    await page.setInputFiles('#file', file);
    await page.locator('form button').click();
    await page.locator('.answer').filter({ hasText: heading }).waitFor();
    page.off('request', note);
    const said = await answer(page);
    if (said !== heading) complain(`${file}: the page says ${said}, not ${heading}`);
    if (number === 0 && posts.length > 0) complain('a file the log knows was uploaded');
    await checkAccessibility(page, `${heading} ${scheme}`);
    await page.screenshot({ path: `${shots}/verification-${number}-${scheme}.png`, fullPage: true });
    await page.goto(url);
  }
  await page.context().close();
}

// Without scripts the same form gives the same answer.
const plain = await visit('light', { javaScriptEnabled: false });
await plain.setInputFiles('#file', cases[0].file);
await plain.locator('form button').click();
await plain.locator('.answer').waitFor();
if ((await answer(plain)) !== cases[0].heading) complain('without scripts the answer differs');

// From the keyboard alone: language, file, button.
const keys = await visit('light');
const reached = [];
for (let at = 0; at < 3; at++) {
  await keys.keyboard.press('Tab');
  reached.push(await keys.evaluate(() => document.activeElement.tagName));
}
if (reached.join() !== 'A,INPUT,BUTTON') complain(`the keyboard reaches ${reached.join()}`);
await keys.getByRole('link', { name: 'English' }).click();
if ((await keys.locator('h1').innerText()) !== 'Verify a document') complain('the page does not speak English');

await browser.close();
complaints.forEach((complaint) => console.log(complaint));
process.exitCode = complaints.length > 0 ? 1 : 0;
