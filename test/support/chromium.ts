import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** The path of the system's Chromium. Undefined if there is none. */
export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
export const INSTALL_CHROMIUM = 'install chromium: apt-get install chromium';

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Milliseconds: a busy machine is slow. */
const PATIENCE = 120_000;

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM as string, args: QUIET, timeout: PATIENCE });

/** A page in a context of its own, whose actions wait for what they act on. */
export async function newPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE);
  return context.newPage();
}
