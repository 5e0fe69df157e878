// The fairness page: of the event, of a shower, of one meteor. The program that checks is loaded here and nowhere else.
import { useEffect } from 'react';
import { useLive } from '../../api/use';
import { checkEvent, event, leave } from '../../fairness/check';
import { usePath } from '../../router';
import { useStore } from '../../store';
import { OfEvent } from './event';
import './fairness.css';
import { OfMeteor } from './meteor';
import { OfShower } from './shower';

/** A number from the address; null for what is none. */
function number(text: string | undefined): number | null {
  return text !== undefined && /^[1-9][0-9]{0,14}$/.test(text) ? Number(text) : null;
}

export function Fairness() {
  const [, shower, meteor] = usePath();
  const stages = useLive()
    .showers.map((one) => one.status)
    .join();
  useEffect(() => leave, []);
  // Where a shower gets further, there is more to check.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `stages` is why it is read again
  useEffect(() => void checkEvent(), [stages]);
  const { told } = useStore(event);
  if (shower === undefined) return <OfEvent event={told} />;
  if (meteor === undefined) return <OfShower key={shower} named={shower} shower={number(shower)} event={told} />;
  return <OfMeteor key={meteor} named={meteor} meteor={number(meteor)} event={told} />;
}
