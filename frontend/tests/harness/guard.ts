// What no page may do in any test: log errors, ask other sites, or break its own content policy.
import type { Page } from '@playwright/test';

export class Guard {
  private problems: string[] = [];
  // The demo has no pictures: the page draws its own in their place.
  private allowed: RegExp[] = [/404 .*\/img\//];

  /** Watches `page`, which may only ask `origin`. */
  static async watch(page: Page, origin: () => string): Promise<Guard> {
    const guard = new Guard();
    page.on('console', (message) => {
      if (message.type() === 'error') guard.note(`console: ${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => guard.note(`uncaught: ${error.stack ?? error.message}`));
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith('http') && url.origin !== origin()) guard.note(`request to ${request.url()}`);
    });
    await page.exposeFunction('__violation', (what: string) => guard.note(`content policy: ${what}`));
    await page.addInitScript(() => {
      const report = (globalThis as unknown as { __violation: (what: string) => void }).__violation;
      document.addEventListener('securitypolicyviolation', (event) => {
        report(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile ?? ''}`);
      });
    });
    return guard;
  }

  /** This test provokes such messages, and they are right. */
  allow(...patterns: RegExp[]): void {
    this.allowed.push(...patterns);
  }

  /** What was noted and not allowed. */
  get found(): string[] {
    return this.problems.filter((problem) => !this.allowed.some((pattern) => pattern.test(problem)));
  }

  private note(problem: string): void {
    this.problems.push(problem);
  }
}

/** What a browser says of a server that is away, hangs or answers with an error. */
export const NETWORK = /Failed to load resource|net::ERR_/;
