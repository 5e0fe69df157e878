// What has to be said on every page: wrong contract, no connection, late blocks, halted, paused, wrong clock, demo.
import { deviceAhead } from './api/client';
import { useTrust } from './api/trust';
import { useChainTime, useLive } from './api/use';
import { formatCount } from './format/amount';
import { formatMoment, formatSpan } from './format/time';
import { t } from './strings';
import { Notice } from './ui/notice';

/** A clock may be off by this much (seconds) before it is said. */
const CLOCK = 30;

export function Banners() {
  const live = useLive();
  const trust = useTrust();
  const { stalled, since } = useChainTime();
  const ahead = deviceAhead();
  return (
    <>
      {trust.is === 'wrong' && (
        <Notice kind="bad" title={t.banners.wrongTitle} live>
          <p>{t.banners.wrong(trust.wanted, trust.given)}</p>
        </Notice>
      )}
      {trust.is === 'unpinned' && (
        <Notice kind="warn" title={t.banners.unpinnedTitle}>
          <p>{t.banners.unpinned}</p>
        </Notice>
      )}
      {live.link === 'lost' && live.height > 0 && (
        <Notice kind="bad" title={t.banners.lostTitle} live toast>
          <p>{t.banners.lost(formatMoment(live.time))}</p>
        </Notice>
      )}
      {live.link === 'lost' && live.height === 0 && (
        <Notice kind="bad" title={t.banners.lostTitle} live>
          <p>{t.banners.lostFirst}</p>
        </Notice>
      )}
      {live.link !== 'lost' && stalled && (
        <Notice kind="warn" title={t.banners.lateTitle(formatCount(Math.floor(since / 5) * 5))} toast>
          <p>{t.banners.late}</p>
        </Notice>
      )}
      {live.status?.halted && (
        <Notice kind="bad" title={t.banners.haltedTitle} live>
          <p>{t.banners.halted}</p>
        </Notice>
      )}
      {live.config?.paused && (
        <Notice kind="warn" title={t.banners.pausedTitle} live>
          <p>{t.banners.paused}</p>
        </Notice>
      )}
      {ahead !== null && Math.abs(ahead) > CLOCK && (
        <Notice kind="warn" title={t.banners.clockTitle}>
          <p>{t.banners.clock(formatSpan(Math.abs(ahead)), ahead > 0)}</p>
        </Notice>
      )}
      {live.trouble !== null && live.config === null && <Notice kind="warn" title={live.trouble} live />}
    </>
  );
}
