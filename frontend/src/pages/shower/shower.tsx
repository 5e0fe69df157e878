// The shower page.
import { t } from '../../strings';

export function Shower() {
  return <h1>{t.shower.title}</h1>;
}
