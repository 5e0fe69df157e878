// The sheet before cracking: what it means, the exact odds, what leaves the wallet.
import { useState } from 'react';
import { useLive } from '../../api/use';
import { crack } from '../../chain/message';
import { formatCount, formatPercent } from '../../format/amount';
import { formatSpan } from '../../format/time';
import { caveText } from '../../strings/cave';
import { Picture } from '../../ui/picture';
import { Sheet } from '../../ui/sheet';
import { TierName } from '../../ui/tier';
import type { Nft } from './filter';
import { rememberMeteors } from './meteors';
import { Sign } from './sign';
import { watchCrack } from './watch';

/** So many pictures fit a sheet. */
const PICTURED = 5;

export function CrackSheet({
  meteors: asked,
  onClose,
  onSent,
}: {
  meteors: readonly Nft[];
  onClose: () => void;
  onSent: () => void;
}) {
  const { config } = useLive();
  // What is signed is what was chosen, whatever the figures say meanwhile.
  const [meteors] = useState(asked);
  const tokens = meteors.map((nft) => nft.token_id);
  const one = meteors.length === 1;
  const count = formatCount(meteors.length);
  return (
    <Sheet title={caveText.crack.title(count, one)} onClose={onClose}>
      <div className="crack-pictures" data-one={one} aria-hidden="true">
        {meteors.slice(0, PICTURED).map((nft) => (
          <Picture key={nft.token_id} nft={nft} size={one ? 132 : 72} />
        ))}
        {meteors.length > PICTURED && <span className="quiet">+{formatCount(meteors.length - PICTURED)}</span>}
      </div>
      <p>{caveText.crack.holds(one)}</p>
      <OddsTable meteors={meteors} />
      <p>
        <strong>{caveText.crack.sure}</strong> {caveText.crack.final(one)}
      </p>
      {config && <p className="small quiet">{caveText.crack.timeout(formatSpan(config.hatchery.reveal_timeout))}</p>}
      <Sign
        messages={config && crack(config, tokens)}
        purpose={{ kind: 'crack', tokens }}
        label={caveText.crack.button(count, one)}
        leaves={(fee) => caveText.crack.leaves(one, fee)}
        onSent={(receipt) => {
          rememberMeteors(meteors);
          watchCrack(receipt.address, meteors, receipt.hash);
          onSent();
        }}
      />
    </Sheet>
  );
}

function OddsTable({ meteors }: { meteors: readonly Nft[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section className="crack-odds" tabIndex={0} aria-label={caveText.crack.odds}>
      <table>
        <thead>
          <tr>
            <th scope="col">{caveText.crack.meteor}</th>
            <th scope="col">{caveText.crack.tier}</th>
            <th scope="col" className="end">
              {caveText.crack.odds}
            </th>
          </tr>
        </thead>
        <tbody>
          {meteors.map((nft) => (
            <tr key={nft.token_id}>
              <td className="number">{caveText.card.id(nft.token_id)}</td>
              <td>
                <TierName tier={nft.tier} />
              </td>
              <td className="end">
                {nft.odds && (
                  <>
                    {formatPercent(nft.odds.percent)}{' '}
                    <small className="quiet">
                      {nft.odds.numerator}/{nft.odds.denominator}
                    </small>
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
