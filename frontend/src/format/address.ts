// Addresses: short where there is little room, never without both ends.

/** The first and last characters of an address: `terra1x46…0k38v`. */
export function shortAddress(address: string): string {
  return address.length > 20 ? `${address.slice(0, 9)}…${address.slice(-5)}` : address;
}

/** Whether a text could be an address of the chain; the server decides. */
export function looksLikeAddress(text: string, prefix: string): boolean {
  return new RegExp(`^${prefix}1[02-9ac-hj-np-z]{38,58}$`).test(text);
}
