// The cave page.
import { t } from '../../strings';

export function Cave() {
  return <h1>{t.cave.title}</h1>;
}
