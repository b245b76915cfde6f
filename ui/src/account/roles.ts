import { hasMessage, translate } from '@shared/i18n/index.svelte';

/** The words for a role; a role of a later version is shown by its code. */
export function roleName(code: string): string {
  const key = `account-role-${code}`;
  return hasMessage(key) ? translate(key) : code;
}
