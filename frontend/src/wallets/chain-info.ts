// What a wallet needs to know of a chain that it doesn't ship with.
import type { ChainInfo } from '@keplr-wallet/types';
import type { Schemas } from '../api/client';
import { site } from '../api/site';
import { unitOf } from '../format/amount';

/** Terra's accounts are derived with coin type 330, those of most other chains with 118. */
function coinType(prefix: string): number {
  return prefix === 'terra' ? 330 : 118;
}

/**
 * The event's chain for `experimentalSuggestChain`. This page broadcasts by itself, so the addresses only have to satisfy the
 * form: the wallet shows no balances for such a chain, but it signs.
 */
export async function suggestion(config: Schemas['Config']): Promise<ChainInfo> {
  const { prefix, chain_id: chainId, denom } = config;
  const { gas_price: price } = await site();
  const currency = (of: string) => ({ coinDenom: unitOf(of), coinMinimalDenom: of, coinDecimals: 6 });
  const feeDenom = price?.denom ?? denom;
  const gas = Number(price?.price ?? '0');
  return {
    chainId,
    chainName: chainId,
    rpc: location.origin,
    rest: location.origin,
    bip44: { coinType: coinType(prefix) },
    bech32Config: {
      bech32PrefixAccAddr: prefix,
      bech32PrefixAccPub: `${prefix}pub`,
      bech32PrefixValAddr: `${prefix}valoper`,
      bech32PrefixValPub: `${prefix}valoperpub`,
      bech32PrefixConsAddr: `${prefix}valcons`,
      bech32PrefixConsPub: `${prefix}valconspub`,
    },
    currencies: [...new Set([denom, feeDenom])].map(currency),
    feeCurrencies: [{ ...currency(feeDenom), gasPriceStep: { low: gas, average: gas, high: gas } }],
    stakeCurrency: currency(feeDenom),
    features: ['cosmwasm'],
  };
}
