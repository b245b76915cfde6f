// Spares the upload: a file that the province knows to the last bit is named by its SHA-256, which is computed here.
// Without scripts, or on a page without TLS, the form sends the file and the answer is the same.
const form = document.querySelector("form");
const input = document.querySelector("#file");
const status = document.querySelector("[role=status]");
const note = document.querySelector("[data-with-script]");

const canHash = globalThis.crypto?.subtle !== undefined;
if (canHash) {
  note.textContent = note.dataset.withScript;
}
document.querySelector(".drop").hidden = false;

async function sha256(file) {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

form.addEventListener("submit", async (event) => {
  const file = input.files[0];
  if (!canHash || file === undefined) {
    return;
  }
  event.preventDefault();
  status.textContent = form.dataset.hashing;
  const asked = new URL(form.action);
  try {
    asked.searchParams.set("sha256", await sha256(file));
    const answer = await fetch(asked, { method: "HEAD" });
    if (answer.ok) {
      location.assign(asked);
      return;
    }
  } catch {
    // The file could not be read or the question did not get through; sending the file says which.
  }
  status.textContent = form.dataset.sending;
  form.submit();
});

form.addEventListener("dragover", (event) => {
  event.preventDefault();
  form.classList.add("over");
});
form.addEventListener("dragleave", () => form.classList.remove("over"));
form.addEventListener("drop", (event) => {
  event.preventDefault();
  form.classList.remove("over");
  if (event.dataTransfer.files.length > 0) {
    input.files = event.dataTransfer.files;
    form.requestSubmit();
  }
});
