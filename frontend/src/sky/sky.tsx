// The sky behind every page. What moves in it happens outside React.
import { useEffect, useRef } from 'react';
import type { Falling } from './falling';
import './sky.css';

const DARK = '(prefers-color-scheme: dark)';
const REDUCED = '(prefers-reduced-motion: reduce)';

/**
 * @param subscribe calls back for each contribution, and returns what ends that. Give the same function at every render.
 */
export function Sky({ subscribe }: { subscribe: (onMeteor: (falling: Falling) => void) => () => void }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let gone = false;
    let end = () => {};
    // The figures come first: until the sky is loaded and painted, its gradient stands there.
    import('./start').then(
      ({ startSky }) => {
        const parent = box.current;
        if (gone || parent === null) return;
        const dark = matchMedia(DARK);
        const reduced = matchMedia(REDUCED);
        const options = () => ({ dark: dark.matches, reduced: reduced.matches });
        const sky = startSky(parent, options());
        const change = () => sky.set(options());
        dark.addEventListener('change', change);
        reduced.addEventListener('change', change);
        const unsubscribe = subscribe((falling) => sky.fall(falling));
        end = () => {
          unsubscribe();
          dark.removeEventListener('change', change);
          reduced.removeEventListener('change', change);
          sky.stop();
        };
      },
      () => {}, // Without its script the sky is a gradient, and the page does all else.
    );
    return () => {
      gone = true;
      end();
    };
  }, [subscribe]);
  return <div className="sky" aria-hidden="true" ref={box} />;
}
