// Draws assets/icons/arumbae.svg in the sizes the installers and the window want. Run by hand after changing the mark.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const folder = fileURLToPath(new URL('../../assets/icons/', import.meta.url));
const drawing = readFileSync(`${folder}arumbae.svg`, 'utf8');
/** Small icons need their pixels for the boat: less sea around it, thicker water. */
const small = drawing
  .replace('viewBox="-7 -6.5 46 46"', 'viewBox="-3 -2.5 38 38"')
  .replace('x="-7" y="-6.5" width="46" height="46" rx="10"', 'x="-3" y="-2.5" width="38" height="38" rx="8"')
  .replace('stroke-width="2.6"', 'stroke-width="3"');

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage();

async function draw(size) {
  await page.setViewportSize({ width: size, height: size });
  const svg = (size <= 32 ? small : drawing).replace('<svg ', `<svg width="${size}" height="${size}" `);
  await page.setContent(`<style>body{margin:0}svg{display:block}</style>${svg}`);
  return page.screenshot({ omitBackground: true });
}

/** An ICO file whose entries are PNGs, as Windows has read them since Vista. */
function ico(images) {
  const header = Buffer.alloc(6 + 16 * images.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(images.length, 4);
  let offset = header.length;
  images.forEach(({ size, png }, index) => {
    const entry = 6 + 16 * index;
    header.writeUInt8(size % 256, entry);
    header.writeUInt8(size % 256, entry + 1);
    header.writeUInt16LE(1, entry + 4);
    header.writeUInt16LE(32, entry + 6);
    header.writeUInt32LE(png.length, entry + 8);
    header.writeUInt32LE(offset, entry + 12);
    offset += png.length;
  });
  return Buffer.concat([header, ...images.map(({ png }) => png)]);
}

for (const [name, size] of [
  ['32x32.png', 32],
  ['128x128.png', 128],
  ['128x128@2x.png', 256],
  ['icon.png', 512],
]) {
  writeFileSync(folder + name, await draw(size));
}
const images = [];
for (const size of [16, 24, 32, 48, 64, 256]) images.push({ size, png: await draw(size) });
writeFileSync(`${folder}icon.ico`, ico(images));
await browser.close();
