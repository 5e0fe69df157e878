// A token's picture: its image where one can be had, and until then and else a drawing from its tier and traits.
import { useState } from 'react';
import { useSite } from '../api/site';
import { TokenDrawing } from './drawn/drawing';
import type { Token } from './drawn/token';
import './picture.css';
import { Places, sources } from './sources';

const places = new Places();

interface Props {
  nft: Token;
  /** Of its sides, in CSS pixels; without one it is as wide as there is room. */
  size?: number;
}

export function Picture(props: Props) {
  return <OfToken key={`${props.nft.collection} ${props.nft.token_id} ${props.nft.image}`} {...props} />;
}

function OfToken({ nft, size }: Props) {
  const site = useSite();
  const addresses = site === null ? [] : sources(nft.image, site.gateways);
  const [tried, setTried] = useState(0);
  const [loaded, setLoaded] = useState('');
  const address = addresses.slice(tried).find((one) => places.worth(one));
  const side = size === undefined ? {} : { width: size, height: size };
  return (
    <span className="picture" role="img" aria-label={nft.name} style={side}>
      <TokenDrawing token={nft} />
      {address !== undefined && (
        <img
          key={address}
          src={address}
          alt=""
          loading="lazy"
          decoding="async"
          data-loaded={loaded === address}
          onLoad={() => {
            places.gave(address);
            setLoaded(address);
          }}
          onError={() => {
            places.fail(address);
            setTried(addresses.indexOf(address) + 1);
          }}
        />
      )}
    </span>
  );
}
