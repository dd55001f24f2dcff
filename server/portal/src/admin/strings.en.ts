export const adminEn = { x: '' };
