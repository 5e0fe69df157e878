// The event that was compiled in.

/** From the deployment file; null in a page that was built without one. */
export const pinned = __DEPLOYMENT__;
