const HINTS = [
  {
    name: "Backblaze B2",
    hint: "The bucket’s page names the address (“Endpoint”). Make an Application Key; its keyID is the access key.",
  },
  {
    name: "Cloudflare R2",
    hint: "The address begins with your account ID; the region is auto. Make an API token for R2: it comes with access key and secret.",
  },
  {
    name: "Hetzner Object Storage",
    hint: "The address is that of the place, such as https://fsn1.your-objectstorage.com, and the region fsn1.",
  },
  {
    name: "Amazon S3",
    hint: "The address is https://s3.REGION.amazonaws.com. Make a user in IAM who may do nothing but use this bucket.",
  },
  { name: "Wasabi", hint: "The address is https://s3.REGION.wasabisys.com." },
  {
    name: "A server of your own (MinIO, a NAS)",
    hint: "Its address with the port; the region is usually us-east-1. It should stand in another house.",
  },
];

/** What the fields are called where people have their storage. */
export function ProviderHints() {
  return (
    <details>
      <summary className="cursor-pointer rounded-box py-1 text-muted">What to enter for common providers</summary>
      <dl className="mt-2 space-y-2 text-sm">
        {HINTS.map(({ name, hint }) => (
          <div key={name} className="border-l-2 border-line pl-3">
            <dt className="font-medium">{name}</dt>
            <dd className="wrap-anywhere text-muted">{hint}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
