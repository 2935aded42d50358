import { tmpdir } from 'node:os';
import type { Browser } from 'playwright-core';

/**
 * Opens the Chromium that comes from npm, so that a machine needs no browser of its own. `CHROMIUM=PATH` takes another,
 * for machines it is not made for. Throws with what to do where none starts: a browser test that cannot look has failed.
 */
export async function openChromium(): Promise<Browser> {
  try {
    const { chromium } = await import('playwright-core');
    const given = process.env.CHROMIUM;
    if (given) return await chromium.launch({ executablePath: given, headless: true });
    // Without this it leaves out the system libraries (nss, nspr) that small machines do not have.
    process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs22.x';
    const { default: packed } = await import('@sparticuz/chromium');
    // One process for all is meant for Lambda; it ends with the first page that is closed. A GPU made of software draws
    // slower than Chromium without one.
    const args = packed.args.filter((arg) => !/single-process|gpu|-gl=|-angle=|swiftshader/.test(arg));
    args.push('--disable-gpu');
    return await chromium.launch({ executablePath: await packed.executablePath(), args, headless: true });
  } catch (error) {
    throw new Error(
      `Chromium does not start here (${process.platform} ${process.arch}, unpacked to ${tmpdir()}). The one from npm ` +
        'needs Linux on x64; anywhere else set CHROMIUM=PATH to a Chromium or Chrome of this machine.',
      { cause: error },
    );
  }
}
