import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { AppError } from '../../core/base/errors.js';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts a text with AES-256-GCM under a key of 32 bytes. `about` (whose text it is) is bound to it: put under
 * another name it does not open. Answers iv, tag and cipher text in one.
 */
export function seal(text: string, key: Uint8Array, about: string): Uint8Array {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(about));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

/** Opens what `seal` made. @throws AppError `invalid` for another key, another `about` or a changed byte. */
export function unseal(sealed: Uint8Array, key: Uint8Array, about: string): string {
  try {
    const [iv, tag] = [sealed.subarray(0, IV_BYTES), sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES)];
    const decipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(about)).setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString(
      'utf8',
    );
  } catch {
    throw new AppError(
      'invalid',
      'A stored Slack token does not open with APPORTION_ENCRYPTION_KEY: set the key it was stored under, or install the app again.',
    );
  }
}
