const KEY = "filaops.signed-in";
let signedIn: boolean | undefined;

/** Remembered from the sign-in form to the page after it, in this tab. */
export function noteSignIn(): void {
  sessionStorage.setItem(KEY, "yes");
}

/** Whether this page is the one after signing in; a reload of it is not. */
export function hasJustSignedIn(): boolean {
  if (signedIn === undefined) {
    signedIn = sessionStorage.getItem(KEY) !== null;
    sessionStorage.removeItem(KEY);
  }
  return signedIn;
}
