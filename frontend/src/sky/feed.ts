// Each contribution in a block becomes a meteor.
import { onContribution, snapshot } from '../api/live';
import { brightness, type Falling } from './falling';

/** Calls `fall` for each contribution from now on; what it returns ends that. */
export function meteors(fall: (falling: Falling) => void): () => void {
  return onContribution(({ shower, amount, tier }) => {
    const minimum = snapshot().showers.find((one) => one.shower === shower)?.minimum;
    if (minimum !== undefined) fall({ tier, brightness: brightness(BigInt(amount), BigInt(minimum)) });
  });
}
