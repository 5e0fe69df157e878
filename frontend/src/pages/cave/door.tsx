// The cave without a wallet: how to come in.
import { t } from '../../strings';
import { useWallet } from '../../wallets/use';
import { Look } from './look';
import { Mouth } from './mouth';

export function Door() {
  const { connect, busy } = useWallet();
  return (
    <div className="cave columns">
      <div className="stack door">
        <h1>{t.cave.title}</h1>
        <p className="lead">{t.cave.door.lead}</p>
        <p>
          <button type="button" className="button main" onClick={connect}>
            {busy ? t.cave.door.busy : t.cave.door.connect}
          </button>
        </p>
        <p className="small quiet">{t.cave.door.connectNote}</p>
      </div>
      <div className="stack">
        <Mouth />
        <Look />
      </div>
    </div>
  );
}
