/** Objects of the embedded store. */
export const objects = '';
