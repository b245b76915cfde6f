// Files as the commands take them.

/** A file's bytes as base64. The browser's own reader does it off the main thread, however large the file is. */
export function base64Of(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,?/, ''));
    reader.onerror = () => reject(reader.error ?? new Error(reader.readyState.toString()));
    reader.readAsDataURL(file);
  });
}
