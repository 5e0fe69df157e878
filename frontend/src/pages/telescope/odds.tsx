// Floors and odds of a shower's tiers, as they are now or were at its end.
import { type Schemas, TIERS } from '../../api/client';
import type { Shower } from '../../api/live';
import { useApi, useLive } from '../../api/use';
import { formatCount, formatPercent } from '../../format/amount';
import { t } from '../../strings';
import { telescopeText } from '../../strings/telescope';
import { TierName } from '../../ui/tier';
import { Sum } from './readout';
import { moves } from './standing';

type TierFloor = Schemas['TierFloor'];

function range({ best, worst }: TierFloor): string {
  if (!best || !worst) return '';
  if (best.percent === worst.percent) return formatPercent(best.percent);
  return t.shower.range(formatPercent(worst.percent), formatPercent(best.percent));
}

export function Odds({ shower, unit }: { shower: Shower; unit: string }) {
  const { changed } = useLive();
  const open = moves(shower);
  const { tiersNoteCancelled, tiersNoteOpen, tiersNote } = telescopeText;
  const note = shower.cancelled ? tiersNoteCancelled : open ? tiersNoteOpen : tiersNote;
  const again = open ? changed : `${shower.status} ${shower.contributors}`;
  const { data } = useApi<Schemas['Floors']>(`/v1/showers/${shower.shower}/floors`, { again });
  return (
    <section className="card stack tight" aria-labelledby="odds">
      <h2 id="odds">{telescopeText.tiers}</h2>
      <ul className="tier-rows">
        {TIERS.map((name) => {
          const tier = data?.tiers.find((tier) => tier.tier === name);
          return (
            <li key={name} className={name}>
              <p>
                <TierName tier={name} />
                <span className="floor-at number">{tier && <Floor tier={tier} open={open} unit={unit} />}</span>
              </p>
              <p className="small quiet">
                <span>
                  {tier &&
                    tier.size > 0 &&
                    t.shower.seats(formatCount(tier.size), tier.size === 1, formatCount(tier.eggs), tier.eggs === 1)}
                </span>
                <span className="number">{tier && range(tier)}</span>
              </p>
            </li>
          );
        })}
      </ul>
      {data !== undefined && data.unissued > 0 && (
        <p className="small quiet">{telescopeText.unissued(formatCount(data.unissued), data.unissued === 1)}</p>
      )}
      <p className="small quiet">{note}</p>
    </section>
  );
}

function Floor({ tier, open, unit }: { tier: TierFloor; open: boolean; unit: string }) {
  if (tier.floor != null) return <Sum of={tier.floor} unit={unit} />;
  return <span className="empty quiet">{open ? telescopeText.emptyOpen : telescopeText.emptyPast}</span>;
}
