/** The event that was compiled in, from the deployment file; null in a page without one. */
declare const __DEPLOYMENT__: { chain_id: string; shower: string; meteors: string; hatchery: string } | null;
