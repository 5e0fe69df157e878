// Finds text that is cut off or reaches out of the page sideways.
import { expect, type Page } from '@playwright/test';

/** Nothing scrolls sideways, and no text is cut off, once what measures itself has done so. */
export async function expectFits(page: Page): Promise<void> {
  await expect(() => look(page)).toPass({ timeout: 5_000 });
}

async function look(page: Page): Promise<void> {
  const { wide, cut } = await page.evaluate(() => {
    const root = document.scrollingElement ?? document.documentElement;
    const cut: string[] = [];
    const name = (element: Element) => `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''}`;
    let wide = '';
    if (root.scrollWidth > root.clientWidth) {
      const beyond = [...document.body.querySelectorAll('*')].filter((element) => {
        const { left, right } = element.getBoundingClientRect();
        return right > root.clientWidth + 1 || left < -1;
      });
      wide = `${root.scrollWidth} px wide in ${root.clientWidth}, by ${beyond.slice(-12).map(name).join(', ')}`;
    }
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode;
      const parent = text.parentElement;
      if (!parent || !text.textContent?.trim() || !parent.checkVisibility({ visibilityProperty: true })) continue;
      // It waits outside until the keyboard reaches it.
      if (parent.matches('.skip:not(:focus)')) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const box = range.getBoundingClientRect();
      if (box.width === 0) continue;
      const say = (by: string) => cut.push(`"${text.textContent?.trim().slice(0, 60)}" in ${name(parent)}, by ${by}`);
      let scrolls = false;
      for (let at: Element | null = parent; at && at !== document.body; at = at.parentElement) {
        const style = getComputedStyle(at);
        if (style.position === 'fixed') break;
        if (style.overflowX === 'visible' && style.overflowY === 'visible') continue;
        const frame = at.getBoundingClientRect();
        // Names for screen readers are a pixel in size on purpose.
        if (frame.width <= 1 || frame.height <= 1) {
          scrolls = true;
          break;
        }
        const side = style.overflowX === 'hidden' || style.overflowX === 'clip';
        const down = style.overflowY === 'hidden' || style.overflowY === 'clip';
        if (style.overflowX === 'auto' || style.overflowX === 'scroll') scrolls = true;
        if (side && (box.left < frame.left - 1 || box.right > frame.right + 1)) say(name(at));
        else if (down && (box.top < frame.top - 1 || box.bottom > frame.bottom + 2)) say(`${name(at)} (height)`);
        if (scrolls) break;
      }
      if (!scrolls && (box.left < -1 || box.right > innerWidth + 1)) say('the page');
    }
    return { wide, cut: [...new Set(cut)] };
  });
  expect(cut, 'text that is cut off').toEqual([]);
  expect(wide, 'the page scrolls sideways').toBe('');
}

/** As with twice the text size in the browser's settings. */
export async function doubleText(page: Page): Promise<void> {
  await page.evaluate(() => {
    document.documentElement.style.fontSize = '200%';
  });
}

/** As in a language that is written from right to left, and back. */
export async function rightToLeft(page: Page, on = true): Promise<void> {
  await page.evaluate((on) => {
    document.documentElement.dir = on ? 'rtl' : 'ltr';
  }, on);
}
