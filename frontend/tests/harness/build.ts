// Builds the page of an event, as scripts/page does with METEOR_DEPLOYMENT.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestInfo } from '@playwright/test';

export interface Deployment {
  chain_id: string;
  shower: string;
  meteors: string;
  hatchery: string;
}

const FRONTEND = fileURLToPath(new URL('../..', import.meta.url));

/** Builds the page with this event compiled in. Answers with the folder. */
export async function pageOf(deployment: Deployment, test: TestInfo): Promise<string> {
  const folder = test.outputPath('page');
  const file = test.outputPath('deployment.json');
  await writeFile(file, JSON.stringify(deployment));
  const vite = join(FRONTEND, 'node_modules/vite/bin/vite.js');
  const args = [vite, 'build', '--outDir', folder, '--emptyOutDir', '--logLevel', 'error'];
  const env = { ...process.env, METEOR_DEPLOYMENT: file };
  await new Promise<void>((resolve, reject) => {
    execFile(process.execPath, args, { cwd: FRONTEND, env }, (error, out, said) =>
      error ? reject(new Error(said + out)) : resolve(),
    );
  });
  return folder;
}
