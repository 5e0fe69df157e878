// The telescope page.
import { t } from '../../strings';

export function Telescope() {
  return <h1>{t.telescope.title}</h1>;
}
