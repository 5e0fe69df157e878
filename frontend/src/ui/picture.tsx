// A token's picture: its image where one can be had, and until then and else a drawing from its tier and traits.
import { useState } from 'react';
import { useSite } from '../api/site';
import { TokenDrawing } from './drawn/drawing';
import type { Token } from './drawn/token';
import './picture.css';
import { sources, Worth } from './sources';

const worth = new Worth();

/** Half of a phone is 50vw, but twice the pixels are enough there: a list loads no more than it must. */
const CARD = '(max-width: 40rem) 30vw, 10rem';

interface Props {
  nft: Token;
  /** Of its sides, in CSS pixels; without one it is as wide as there is room. */
  size?: number;
  /** How wide it is where it has no `size`, as `sizes` of an image says it; the default is for a card in a list. */
  wide?: string;
}

export function Picture(props: Props) {
  return <OfToken key={`${props.nft.collection} ${props.nft.token_id} ${props.nft.image}`} {...props} />;
}

function OfToken({ nft, size, wide = CARD }: Props) {
  const site = useSite();
  const all = site === null ? [] : sources(nft.image, site);
  const [tried, setTried] = useState(0);
  const [loaded, setLoaded] = useState('');
  const source = all.slice(tried).find((one) => worth.asking(one.src));
  const side = size === undefined ? {} : { width: size, height: size };
  return (
    <span className="picture" role="img" aria-label={nft.name} style={side}>
      <TokenDrawing token={nft} />
      {source !== undefined && (
        <img
          key={source.src}
          src={source.src}
          srcSet={source.srcSet}
          sizes={source.srcSet && (size === undefined ? wide : `${size}px`)}
          alt=""
          loading="lazy"
          decoding="async"
          data-loaded={loaded === source.src}
          onLoad={() => {
            worth.gave(source.src);
            setLoaded(source.src);
          }}
          onError={() => {
            worth.fail(source.src);
            setTried(all.indexOf(source) + 1);
          }}
        />
      )}
    </span>
  );
}
