// Showers that were cancelled, or not minted in time: how the money comes back.
import type { Shower } from '../../api/live';
import { formatCount } from '../../format/amount';
import { t } from '../../strings';
import { Notice } from '../../ui/notice';

export function Refunding({ showers }: { showers: readonly Shower[] }) {
  const refunding = showers.filter((shower) => shower.status === 'refunding' && shower.contributors > 0);
  if (refunding.length === 0) return null;
  const names = refunding.map((shower) => formatCount(shower.shower)).join(', ');
  const cancelled = refunding.every((shower) => shower.cancelled);
  return (
    <Notice kind="warn" title={cancelled ? t.shower.cancelledTitle(names) : t.shower.refundTitle(names)}>
      <p>{t.shower.refund}</p>
    </Notice>
  );
}
