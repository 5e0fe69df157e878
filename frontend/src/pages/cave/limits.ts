// How many meteors one transaction cracks or takes back: a wallet's window and a block have to hold it.
export const MOST = 25;
