// The Telescope: the floors of past showers, and one shower in detail.
import { usePath } from '../../router';
import { Detail } from './detail';
import { Overview } from './overview';
import './telescope.css';

export function Telescope() {
  const [, shower] = usePath();
  return shower === undefined ? <Overview /> : <Detail key={shower} name={shower} />;
}
