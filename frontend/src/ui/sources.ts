// Where a token's image may be had: from our own path first, then from gateways.

/** After so many failures in a row a place that never gave an image isn't asked again. */
const PATIENCE = 3;

/** Our own path for images. */
export const OWN = '/img/';

const CID = /^[A-Za-z0-9]+(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;

/** What `/v1/site` says of pictures. */
export interface Places {
  /** Sizes of our own thumbnails in pixels; none if our server has no pictures. */
  thumbnails: readonly number[];
  gateways: readonly string[];
}

/** Where a picture may be had. */
export interface Source {
  src: string;
  /** Its thumbnails, for `srcset`; none at a gateway. */
  srcSet?: string;
}

/** The addresses to try for `ipfs://…`, in order; none for anything else. */
export function sources(image: string, { thumbnails, gateways }: Places): Source[] {
  const path = image.startsWith('ipfs://') ? image.slice('ipfs://'.length) : '';
  if (!CID.test(path)) return [];
  const own = `${OWN}${path}`;
  const ours = { src: own, srcSet: thumbnails.map((width) => `${own}?w=${width} ${width}w`).join(', ') };
  const others = gateways
    .filter((base) => base.startsWith('https://'))
    .map((base) => ({ src: `${base.endsWith('/') ? base : `${base}/`}${path}` }));
  // Ours are files, each of which has a CID of its own.
  return thumbnails.length > 0 && !path.includes('/') ? [ours, ...others] : others;
}

/** Remembers which places have no images, so that a cave of a hundred tokens doesn't ask each of them a hundred times. */
export class Worth {
  private readonly failed = new Map<string, number>();

  private place(address: string): string {
    return address.startsWith(OWN) ? OWN : new URL(address).origin;
  }

  /** Whether it is worth asking. */
  asking(address: string): boolean {
    return (this.failed.get(this.place(address)) ?? 0) < PATIENCE;
  }

  /** It gave no image. One that ever gave one stays worth asking. */
  fail(address: string): void {
    const place = this.place(address);
    this.failed.set(place, (this.failed.get(place) ?? 0) + 1);
  }

  /** It gave an image. */
  gave(address: string): void {
    this.failed.set(this.place(address), Number.NEGATIVE_INFINITY);
  }
}
