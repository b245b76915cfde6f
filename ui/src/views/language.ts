// The language of the whole program: the screens word their own texts, Rust words its messages.
import { set_language } from '@bindings';
import { asHostError } from '@host';
import { showToast } from '@shared/components';
import { language, setLanguage, type Language } from '@shared/i18n/index.svelte';

/** Switches the language everywhere. */
export async function speak(chosen: Language): Promise<void> {
  setLanguage(chosen);
  try {
    await set_language({ language: chosen });
  } catch (thrown) {
    showToast(asHostError(thrown).message, { tone: 'error' });
  }
}

/** Rust starts in Indonesian; this screen remembers what was chosen. */
export const speakAsRemembered = () => speak(language());
