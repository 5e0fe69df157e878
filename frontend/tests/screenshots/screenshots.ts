// Takes a picture of every page in every state, and keeps it small, in docs/images/page (or SCREENSHOTS).
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { STATES } from '../harness/states';
import { test } from '../harness/test';

const FOLDER = process.env.SCREENSHOTS ?? fileURLToPath(new URL('../../../docs/images/page', import.meta.url));
/** These are also shown in the light. */
const LIGHT = ['shower-open', 'cave-mine'];
const run = promisify(execFile);

for (const state of STATES) {
  test.describe(state.name, () => {
    test.use({ world: state.world });
    test(`a picture of ${state.name}`, async ({ page, demo, server, guard, anyWallet: wallet }, info) => {
      const scene = { page, demo, server, guard, wallet };
      const take = async (name: string) => {
        const png = info.outputPath(`${name}.png`);
        await page.screenshot({ path: png, animations: 'disabled', caret: 'initial' });
        await mkdir(FOLDER, { recursive: true });
        // Debian has it in the package webp.
        const small = ['-resize', info.project.name === 'phone' ? '390' : '960', '0'];
        await run('cwebp', ['-quiet', '-q', '80', ...small, png, '-o', join(FOLDER, `${name}.webp`)]);
      };
      try {
        await state.show(scene);
        await take(`${state.name}-${info.project.name}`);
        if (LIGHT.includes(state.name)) {
          await page.emulateMedia({ colorScheme: 'light' });
          await take(`${state.name}-${info.project.name}-light`);
        }
      } finally {
        await state.undo?.(scene);
      }
    });
  });
}
