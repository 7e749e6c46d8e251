/** A certificate that signs itself, for `localhost` and `mail.farm.test`, and its key: for servers that tests start, and for nothing else. */
const KEY =
  "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgaKC6BDj0EwzSwHp2osnIwYRfmEHwFcokb6Njg3SICWChRANCAARlORcj96RlI24kTD7OMi2zn2L2AVDIDuOX4JskPdOi6Zx9JMQoDPEO6R0Wci4Bu/UbTDGbyy81mZNJKFl77mZn";
const CERTIFICATE =
  "MIIBpTCCAUugAwIBAgIUakv3NiPyQCgdx2zEz5mLv+dZ0dowCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNjIxMDQwMFoYDzIxMjYxMTAyMjEwNDAwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARlORcj96RlI24kTD7OMi2zn2L2AVDIDuOX4JskPdOi6Zx9JMQoDPEO6R0Wci4Bu/UbTDGbyy81mZNJKFl77mZno3kwdzAdBgNVHQ4EFgQUCbgQPklZTK02lB9mdcldIsJuC64wHwYDVR0jBBgwFoAUCbgQPklZTK02lB9mdcldIsJuC64wDwYDVR0TAQH/BAUwAwEB/zAkBgNVHREEHTAbgglsb2NhbGhvc3SCDm1haWwuZmFybS50ZXN0MAoGCCqGSM49BAMCA0gAMEUCIHEmyqdQK4CIKuxdI1X3i9c3s9w4gSiXUW4sYl5XBrJpAiEAopU18K5vPxfc6kJIxCAUpamCHWWpw3b4QlNmBUdVBAQ=";

function pem(kind: string, base64: string): string {
  return `-----BEGIN ${kind}-----\n${(base64.match(/.{1,64}/g) ?? []).join("\n")}\n-----END ${kind}-----\n`;
}

export const testCertificate = { key: pem("PRIVATE KEY", KEY), cert: pem("CERTIFICATE", CERTIFICATE) };
