// The whole ranking of a shower, page by page; or the part of it where an address stands.
import { useState } from 'react';
import type { Schemas } from '../../api/client';
import type { Shower } from '../../api/live';
import { useApi, useLive } from '../../api/use';
import { formatCount } from '../../format/amount';
import { useQuery } from '../../router';
import { t } from '../../strings';
import { telescopeText } from '../../strings/telescope';
import { RankRow, RankRows, Ranks } from '../../ui/ranks';
import { useWallet } from '../../wallets/use';
import { Find, type Found, useFound } from './find';
import { moves } from './standing';
import { earlier, later, type Part, windowAt } from './window';

export function Ranking({ shower, unit }: { shower: Shower; unit: string }) {
  const address = useQuery('address') ?? '';
  const found = useFound(shower, address);
  return (
    <section className="card stack ranking" aria-labelledby="ranking">
      <h2 id="ranking">{telescopeText.ranking}</h2>
      <Find key={`find ${address}`} shower={shower} address={address} found={found} unit={unit} />
      {shower.contributors === 0 ? (
        <p className="quiet">{telescopeText.rankingNone}</p>
      ) : (
        <Rows
          key={`from ${found.is === 'in' ? address : ''}`}
          shower={shower}
          unit={unit}
          found={found}
          address={address}
        />
      )}
      <p>
        <a href={`/v1/showers/${shower.shower}/contributions.csv`} download>
          {telescopeText.csv}
        </a>
        <br />
        <span className="small quiet">{telescopeText.csvNote}</span>
      </p>
    </section>
  );
}

interface RowsProps {
  shower: Shower;
  unit: string;
  found: Found;
  address: string;
}

function Rows({ shower, unit, found, address }: RowsProps) {
  const [parts, setParts] = useState<Part[]>(() => windowAt(found.is === 'in' ? found.rank : 1, shower.contributors));
  const before = parts[0]?.after ?? 0;
  const last = parts.at(-1);
  const end = last ? last.after + last.limit : 0;
  const left = shower.contributors - end;
  return (
    <>
      {before > 0 && (
        <p>
          <button type="button" className="button little" onClick={() => setParts(earlier)}>
            {telescopeText.earlierRanks}
          </button>
        </p>
      )}
      <Ranks label="ranking" unit={unit}>
        {parts.map((part) => (
          <Some key={part.after} shower={shower} part={part} address={found.is === 'in' ? address : ''} />
        ))}
      </Ranks>
      {left > 0 && (
        <p className="row">
          <button type="button" className="button little" onClick={() => setParts(later)}>
            {t.more}
          </button>
          <span className="quiet small">{telescopeText.rest(formatCount(left))}</span>
        </p>
      )}
      <p className="small quiet">{telescopeText.rankingNote}</p>
    </>
  );
}

/** A part of the ranking. Its room is there before its rows are. */
function Some({ shower, part, address }: { shower: Shower; part: Part; address: string }) {
  const { changed } = useLive();
  const { account } = useWallet();
  const again = moves(shower) ? changed : `${shower.status} ${shower.contributors}`;
  const path = `/v1/showers/${shower.shower}/ranking?after=${part.after}&limit=${part.limit}`;
  const { data } = useApi<Schemas['Ranking']>(path, { again });
  const expected = Math.max(0, Math.min(part.limit, shower.contributors - part.after));
  if (data === undefined) {
    return (
      <RankRows waiting>
        {Array.from({ length: expected }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: placeholders are all alike
          <tr key={index}>
            <td className="number">{formatCount(part.after + index + 1)}</td>
            <td />
            <td />
          </tr>
        ))}
      </RankRows>
    );
  }
  return (
    <RankRows>
      {data.ranking.map((row) => (
        <RankRow
          key={row.rank}
          row={row}
          mine={row.contributor === account?.address}
          asked={row.contributor === address}
        />
      ))}
    </RankRows>
  );
}
