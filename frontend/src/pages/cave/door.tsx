// The cave without a wallet: how to come in.
import { caveText } from '../../strings/cave';
import { useWallet } from '../../wallets/use';
import { Look } from './look';
import { Mouth } from './mouth';

export function Door() {
  const { connect, busy } = useWallet();
  return (
    <div className="cave columns">
      <div className="stack door">
        <h1>{caveText.title}</h1>
        <p className="lead">{caveText.door.lead}</p>
        <p>
          <button type="button" className="button main" onClick={connect}>
            {busy ? caveText.door.busy : caveText.door.connect}
          </button>
        </p>
        <p className="small quiet">{caveText.door.connectNote}</p>
      </div>
      <div className="stack">
        <Mouth />
        <Look />
      </div>
    </div>
  );
}
