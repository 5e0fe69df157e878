// The fairness page.
import { t } from '../../strings';

export function Fairness() {
  return <h1>{t.fairness.title}</h1>;
}
