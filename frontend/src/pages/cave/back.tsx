// The sheet before taking back meteors that weren't revealed in time.
import { useLive } from '../../api/use';
import { reclaim } from '../../chain/message';
import { formatCount } from '../../format/amount';
import { caveText } from '../../strings/cave';
import { Sheet } from '../../ui/sheet';
import { Sign } from './sign';

export function ReclaimSheet({ tokens, onClose }: { tokens: readonly string[]; onClose: () => void }) {
  const { config } = useLive();
  const one = tokens.length === 1;
  const count = formatCount(tokens.length);
  return (
    <Sheet title={caveText.back.title(count, one)} onClose={onClose}>
      <p>{caveText.back.text(one)}</p>
      <p className="number">{tokens.map((token) => caveText.card.id(token)).join(', ')}</p>
      <Sign
        messages={config && reclaim(config, tokens)}
        purpose={{ kind: 'reclaim', tokens: [...tokens] }}
        label={caveText.back.button(count, one)}
        leaves={caveText.back.leaves}
        onSent={onClose}
      />
    </Sheet>
  );
}
