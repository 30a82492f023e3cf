/** An enum value of the API as the undocumented config files write it: `S3Prefix` is `S3_PREFIX` (training contract §1.4). */
export function upperSnake(value: string): string {
  return value.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}
