// Counts layout shifts: how far what one reads jumps without having touched anything.
import type { Page } from '@playwright/test';

interface Shift {
  value: number;
  what: string[];
}

/** Starts counting with the next page that loads. */
export async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shifts: Shift[] = [];
    Object.assign(globalThis, { __shifts: shifts });
    const name = (node: Node | null | undefined) => {
      const element = node instanceof Element ? node : node?.parentElement;
      return element ? `${element.tagName.toLowerCase()}.${element.className}` : 'gone';
    };
    interface Entry extends PerformanceEntry {
      value: number;
      hadRecentInput: boolean;
      sources: { node?: Node | null }[];
    }
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as Entry[]) {
        if (entry.hadRecentInput) continue;
        shifts.push({ value: entry.value, what: entry.sources.map((source) => name(source.node)) });
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

/** The shifts so far, with what moved. */
export async function shifts(page: Page): Promise<Shift[]> {
  return page.evaluate(() => (globalThis as unknown as { __shifts: Shift[] }).__shifts);
}
