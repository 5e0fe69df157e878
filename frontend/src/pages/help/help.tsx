// The help page.
import { t } from '../../strings';

export function Help() {
  return <h1>{t.help.title}</h1>;
}
