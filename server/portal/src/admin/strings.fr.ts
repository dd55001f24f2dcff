export const adminFr = { x: '' };
