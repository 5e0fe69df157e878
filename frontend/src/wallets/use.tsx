// The wallet for pages, its button in the head, and the sheet behind it.
import { useEffect, useState } from 'react';
import { useDemo } from '../api/demo';
import { useApi, useLive } from '../api/use';
import { isOpen, useReceipts } from '../chain/receipts';
import type { Account } from '../chain/send';
import { shortAddress } from '../format/address';
import { formatAmount, unitOf } from '../format/amount';
import { Link } from '../router';
import { useStore } from '../store';
import { t } from '../strings';
import { Copy } from '../ui/copy';
import { Notice } from '../ui/notice';
import { Sheet } from '../ui/sheet';
import { addChain, type Connection, connect, connection, disconnect, PLAY, sheetOpen } from './connection';
import { Qr } from './qr';
import { WALLETS } from './table';
import './wallets.css';

export interface UseWallet {
  account: { address: string; name: string; ledger: boolean } | null;
  /** Opens the sheet in which a wallet is chosen. */
  connect: () => void;
  busy: boolean;
}

export function useWallet(): UseWallet {
  const now = useStore(connection);
  const account =
    now.is === 'connected' ? { address: now.signer.address, name: now.signer.label, ledger: now.signer.ledger } : null;
  return { account, connect: () => sheetOpen.set(true), busy: now.is === 'connecting' };
}

/**
 * What an account holds, as the chain says it. It is asked again when a transaction of this page is settled, not with every
 * block: each answer costs a question to a node.
 */
export function useBalances(address: string | null): Account | undefined {
  const settled = useReceipts().filter((receipt) => !isOpen(receipt)).length;
  return useApi<Account>(address && `/v1/accounts/${address}`, { again: settled }).data;
}

export function WalletButton() {
  const { account, busy } = useWallet();
  const open = useStore(sheetOpen);
  return (
    <>
      <button type="button" className="button little wallet-button" onClick={() => sheetOpen.set(true)}>
        {account ? shortAddress(account.address) : busy ? t.wallet.connecting : t.wallet.connect}
      </button>
      {open && <WalletSheet />}
    </>
  );
}

function WalletSheet() {
  const now = useStore(connection);
  const close = () => sheetOpen.set(false);
  return (
    <Sheet title={now.is === 'connected' ? t.wallet.yours : t.wallet.choose} onClose={close}>
      {now.is === 'connected' ? <Connected now={now} /> : <Choose now={now} />}
    </Sheet>
  );
}

function Connected({ now }: { now: Extract<Connection, { is: 'connected' }> }) {
  const { config } = useLive();
  const account = useBalances(now.signer.address);
  const balances = account?.balances ?? [];
  const first = balances.filter((coin) => coin.denom === config?.denom);
  const shown = [...first, ...balances.filter((coin) => coin.denom !== config?.denom)].slice(0, 4);
  return (
    <>
      {now.id === PLAY && (
        <Notice kind="warn" title={t.wallet.playTitle}>
          <p>{t.wallet.playNote}</p>
        </Notice>
      )}
      <dl className="facts">
        <div>
          <dt>{now.name}</dt>
          <dd>{now.signer.label}</dd>
        </div>
        {shown.map((coin) => (
          <div key={coin.denom}>
            <dt>{unitOf(coin.denom)}</dt>
            <dd>{formatAmount(BigInt(coin.amount))}</dd>
          </div>
        ))}
      </dl>
      {account && balances.length === 0 && <p className="quiet">{t.wallet.empty}</p>}
      <Copy text={now.signer.address} short={false} label={t.wallet.address} />
      {now.signer.ledger && <p className="small quiet">{t.wallet.ledger}</p>}
      <div className="row">
        <Link to="/cave" className="button little" onClick={() => sheetOpen.set(false)}>
          {t.wallet.cave}
        </Link>
        <button type="button" className="button little" onClick={disconnect}>
          {t.wallet.disconnect}
        </button>
      </div>
    </>
  );
}

function Choose({ now }: { now: Connection }) {
  const demo = useDemo();
  const found = useFound();
  const { config } = useLive();
  if (now.is === 'connecting') {
    return (
      <div className="stack" role="status">
        <p>{t.wallet.waiting(now.name)}</p>
        <p className="quiet small">{t.wallet.waitingHint(now.name)}</p>
        <button type="button" className="button" onClick={disconnect}>
          {t.wallet.cancel}
        </button>
      </div>
    );
  }
  return (
    <>
      {now.is === 'failed' && (
        <Notice kind="bad" title={now.words} live>
          {now.trouble === 'chain' && (
            <button type="button" className="button little" onClick={() => void addChain(now.id)}>
              {t.wallet.addChain(config?.chain_id ?? '', now.name)}
            </button>
          )}
        </Notice>
      )}
      {demo && (
        <button type="button" className="button main wallet-row" onClick={() => void connect(PLAY)}>
          {t.wallet.usePlay}
        </button>
      )}
      {found.map((row) => (
        <button key={row.id} type="button" className="button wallet-row" onClick={() => void connect(row.id)}>
          {row.name}
        </button>
      ))}
      {found.length === 0 && <NoWallet />}
      <p className="small quiet">{t.wallet.promise}</p>
    </>
  );
}

/** The wallets in this browser. They may put themselves in after the page has started. */
function useFound() {
  const look = () => WALLETS.filter((row) => row.find());
  const [found, setFound] = useState(look);
  useEffect(() => {
    const timer = setInterval(() => setFound(WALLETS.filter((row) => row.find())), 1000);
    return () => clearInterval(timer);
  }, []);
  return found;
}

/** No wallet in this browser: on a phone the page has to be opened in a wallet's own browser. */
function NoWallet() {
  const phone = matchMedia('(pointer: coarse)').matches;
  const here = location.href;
  return (
    <div className="stack">
      <p>{phone ? t.wallet.nonePhone : t.wallet.noneDesktop}</p>
      {WALLETS.map((row) => {
        const link = phone ? row.open?.(here) : undefined;
        return link ? (
          <a key={row.id} className="button wallet-row" href={link}>
            {t.wallet.openIn(row.name)}
          </a>
        ) : null;
      })}
      <div className="stack tight">
        <p className="small quiet">{phone ? t.wallet.copyHere : t.wallet.scan}</p>
        <Copy text={here} short={false} label={t.wallet.pageAddress} />
        <Qr text={here} label={t.wallet.qr} />
      </div>
    </div>
  );
}
