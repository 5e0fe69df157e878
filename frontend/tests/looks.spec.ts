// Every page in every state: nothing is cut off, also with twice the text and from right to left, and axe finds nothing.
import { expectAccessible } from './harness/axe';
import { doubleText, expectFits, rightToLeft } from './harness/layout';
import { STATES } from './harness/states';
import { test } from './harness/test';

for (const state of STATES) {
  test.describe(state.name, () => {
    test.use({ world: state.world });
    test(`${state.name} fits and is accessible`, async ({ page, demo, server, guard, anyWallet: wallet }) => {
      const scene = { page, demo, server, guard, wallet };
      try {
        await state.show(scene);
        await test.step('as it is', () => expectFits(page));
        await expectAccessible(page);
        // Of what axe looks at only colours depend on the scheme.
        await page.emulateMedia({ colorScheme: 'light' });
        await expectAccessible(page, 'color-contrast');
        await rightToLeft(page, true);
        await test.step('from right to left', () => expectFits(page));
        await rightToLeft(page, false);
        await doubleText(page);
        await test.step('with twice the text', () => expectFits(page));
      } finally {
        await state.undo?.(scene);
      }
    });
  });
}
