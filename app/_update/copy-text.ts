/** Copies text; also on a page that came over plain HTTP, where browsers have no clipboard. `false`: the browser did not let us. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.setAttribute("readonly", "");
  area.className = "fixed top-0 opacity-0";
  // Inside an open dialog only what belongs to it may have the focus.
  (document.querySelector("[role=dialog]") ?? document.body).append(area);
  area.select();
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way without HTTPS, which a farm's own network rarely has
    return document.execCommand("copy");
  } finally {
    area.remove();
  }
}
