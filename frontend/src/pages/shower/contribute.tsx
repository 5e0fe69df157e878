// Contribute: an amount, what it would bring, what leaves the wallet, and one tap.
import { type FormEvent, useId, useRef, useState } from 'react';
import { useChainTime, useLive } from '../../api/use';
import { contribute } from '../../chain/message';
import { useSend } from '../../chain/send';
import { formatAmount, parseAmount, unitOf } from '../../format/amount';
import { formatSpan } from '../../format/time';
import { t } from '../../strings';
import { Notice } from '../../ui/notice';
import { TierName } from '../../ui/tier';
import { useBalances, useWallet } from '../../wallets/use';
import { waysUp } from './distance';
import { useFee } from './fee';
import { useFloors } from './floors';
import { useMine } from './mine';
import { late, type Phase } from './phase';
import { Preview } from './preview';
import { useSettled } from './quote';

export function Contribute({ phase }: { phase: Phase }) {
  const { config, pace } = useLive();
  const { account, connect } = useWallet();
  const sending = useSend();
  const { shower } = phase;
  const unit = config ? unitOf(config.denom) : '';
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();

  const { entry } = useMine(shower.shower, account?.address ?? null);
  const mine = BigInt(entry?.amount ?? '0');
  const parsed = parseAmount(typed, unit);
  const add = parsed.ok && parsed.micro > 0n ? parsed.micro : null;
  const settled = useSettled(add, 150);
  const balances = useBalances(account?.address ?? null)?.balances;
  // Coins that the chain doesn't list are coins the account has none of.
  const has = (denom: string | undefined) =>
    balances && BigInt(balances.find((coin) => coin.denom === denom)?.amount ?? '0');
  const balance = has(config?.denom);
  const least = BigInt(shower.minimum) - mine;
  const short = balance !== undefined && add !== null && add > balance;
  const below = add !== null && add < least;
  const open = phase.is === 'open' && !config?.paused;
  const fee = useFee(
    shower.shower,
    open && !short && !below && settled === add ? settled : null,
    sending,
    account?.address ?? null,
  );
  const cost = fee.fee?.coins[0];
  const spare = cost && has(cost.denom);
  const needed = BigInt(cost?.amount ?? '0') + (cost?.denom === config?.denom ? (add ?? 0n) : 0n);
  const unpayable = spare !== undefined && spare < needed;
  const { now } = useChainTime();
  const left = shower.closes_at - now;

  const fill = (micro: bigint) => {
    setTyped(formatAmount(micro));
    setTrouble(null);
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTrouble(null);
    if (!account) {
      connect();
      return;
    }
    if (add === null || config === null) {
      input.current?.focus();
      return;
    }
    setBusy(true);
    try {
      const messages = [contribute(config, shower.shower, add)];
      const cost = fee.fee ?? (await sending.estimate(messages));
      await sending.send(messages, { kind: 'contribute', shower: shower.shower, amount: add.toString() }, cost);
      setTyped('');
    } catch (error) {
      setTrouble(error instanceof Error ? error.message : String(error));
    }
    setBusy(false);
  };

  const problem = problemOf();
  function problemOf(): string | null {
    if (typed.trim() === '') return null;
    if (!parsed.ok) return t.contribute.unreadable[parsed.why];
    if (add === null) return t.contribute.unreadable.zero;
    if (below) return t.contribute.below(`${formatAmount(least)} ${unit}`);
    if (short) return t.contribute.short(`${formatAmount(balance ?? 0n)} ${unit}`);
    if (cost && unpayable) {
      const of = unitOf(cost.denom);
      return t.contribute.noFee(`${formatAmount(BigInt(cost.amount))} ${of}`, `${formatAmount(spare)} ${of}`);
    }
    return null;
  }

  if (phase.is !== 'open') {
    return (
      <section className="card stack" aria-labelledby={`${id}-title`}>
        <h2 id={`${id}-title`}>{t.contribute.beforeTitle}</h2>
        <p>{phase.is === 'before' ? t.contribute.before : t.contribute.between}</p>
        {!account && <ConnectFirst />}
        <Preview
          id={`${id}-preview`}
          shower={shower.shower}
          mine={0n}
          add={add === null ? null : settled}
          address={null}
          unit={unit}
          problem={problem}
        />
        <AmountField
          id={id}
          typed={typed}
          onType={setTyped}
          unit={unit}
          problem={problem}
          input={input}
          label={t.contribute.tryLabel(unit)}
        />
      </section>
    );
  }

  return (
    <section className="card contribute stack" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{mine > 0n ? t.contribute.titleMore : t.contribute.title}</h2>
      <form className="stack" onSubmit={submit} noValidate>
        <AmountField
          id={id}
          typed={typed}
          onType={setTyped}
          unit={unit}
          problem={problem}
          input={input}
          label={t.contribute.label(unit)}
        />
        <Ways shower={shower.shower} mine={mine} least={least} unit={unit} onPick={fill} />
        <Preview
          id={`${id}-preview`}
          problem={problem}
          shower={shower.shower}
          mine={mine}
          add={below || add === null ? null : settled}
          address={account?.address ?? null}
          unit={unit}
        />
        {account && <Leaves add={problem ? null : add} unit={unit} fee={fee} />}
        {trouble !== null && <Notice kind="bad" title={trouble} live />}
        {config?.paused ? (
          <Notice kind="warn" title={t.banners.pausedTitle}>
            <p>{t.contribute.paused}</p>
          </Notice>
        ) : (
          <button
            type="submit"
            className="button main wide"
            aria-disabled={
              account !== null && (busy || sending.blocked !== null || problem !== null) ? true : undefined
            }
            onClick={(event) => {
              if (account !== null && (busy || sending.blocked !== null || problem !== null)) event.preventDefault();
            }}
          >
            {account ? buttonText() : t.contribute.connect}
          </button>
        )}
      </form>
      <div className="last small">
        {account && sending.blocked !== null ? (
          <p className="quiet">{sending.blocked}</p>
        ) : late(left, pace) ? (
          <p className="warn-text">
            <strong>{t.contribute.lateTitle(formatSpan(Math.max(0, left)))}.</strong> {t.contribute.late}
          </p>
        ) : (
          <p className="quiet">{t.contribute.note}</p>
        )}
      </div>
    </section>
  );

  function buttonText(): string {
    if (busy) return t.contribute.signing;
    return add === null ? t.contribute.enter : t.contribute.give(`${formatAmount(add)} ${unit}`);
  }
}

function ConnectFirst() {
  const { connect } = useWallet();
  return (
    <p>
      <button type="button" className="button" onClick={connect}>
        {t.contribute.prepare}
      </button>
    </p>
  );
}

interface FieldProps {
  id: string;
  typed: string;
  onType: (text: string) => void;
  unit: string;
  problem: string | null;
  label: string;
  input: React.RefObject<HTMLInputElement | null>;
}

function AmountField({ id, typed, onType, unit, problem, label, input }: FieldProps) {
  return (
    <div className="field amount">
      <label htmlFor={`${id}-amount`}>{label}</label>
      <div className="with-unit">
        <input
          ref={input}
          id={`${id}-amount`}
          className="input"
          inputMode="decimal"
          autoComplete="off"
          enterKeyHint="done"
          value={typed}
          onChange={(event) => onType(event.target.value)}
          aria-invalid={problem !== null}
          aria-describedby={`${id}-preview`}
        />
        <span aria-hidden="true">{unit}</span>
      </div>
    </div>
  );
}

/** Amounts to pick: the minimum, and what each better tier takes now. */
function Ways({
  shower,
  mine,
  least,
  unit,
  onPick,
}: {
  shower: number;
  mine: bigint;
  least: bigint;
  unit: string;
  onPick: (micro: bigint) => void;
}) {
  const floors = useFloors(shower);
  const ways = floors ? waysUp(mine, floors.tiers).reverse() : [];
  return (
    <fieldset className="ways">
      <legend className="hide">{t.contribute.ways}</legend>
      {least > 0n && (
        <button type="button" className="button little" onClick={() => onPick(least)}>
          {t.contribute.least} <b className="number">{formatAmount(least)}</b>
        </button>
      )}
      {ways
        .filter((way) => way.add > least)
        .map((way) => (
          <button
            key={way.tier}
            type="button"
            className={`button little to-${way.tier}`}
            onClick={() => onPick(way.add)}
          >
            <TierName tier={way.tier} /> <b className="number">{formatAmount(way.add)}</b>
            <span className="hide"> {unit}</span>
          </button>
        ))}
    </fieldset>
  );
}

/** What leaves the wallet, before it is signed. */
function Leaves({ add, unit, fee }: { add: bigint | null; unit: string; fee: ReturnType<typeof useFee> }) {
  if (add === null) return <p className="leaves small quiet">{t.contribute.leavesNothing}</p>;
  const cost = fee.fee?.coins[0];
  const fees = cost ? `${formatAmount(BigInt(cost.amount))} ${unitOf(cost.denom)}` : t.contribute.feeUnknown;
  return (
    <p className="leaves small">
      {fee.trouble !== null ? (
        <span className="danger">{fee.trouble}</span>
      ) : (
        t.contribute.leaves(`${formatAmount(add)} ${unit}`, fees)
      )}
    </p>
  );
}
