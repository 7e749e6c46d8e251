/** The text beside a dump: how a person gets the data back with nothing but PostgreSQL. */
export function readme(backup: {
  id: string;
  version: string;
  createdAt: string;
  schemaHead: string;
  pgDumpVersion: string;
}): string {
  return `FilaOps backup ${backup.id}
made ${backup.createdAt} by FilaOps ${backup.version} (schema ${backup.schemaHead === "" ? "empty" : backup.schemaHead}, pg_dump ${backup.pgDumpVersion})

This folder is a whole copy of the data. Keep it together: database/ is the dump,
files/ (if there is one) the uploaded pictures and documents, each under the SHA-256
of its content, SHA256SUMS the checksums, manifest.json what FilaOps knows of it.

Is it sound?

    sha256sum --check SHA256SUMS
    pg_restore --format=directory --file=/dev/null database

Getting it back by hand, with PostgreSQL's programs of the same or a newer version.
It goes into a new database; the present one is not touched:

    createdb --username=filaops_owner filaops_restored
    pg_restore --username=filaops_owner --dbname=filaops_restored --exit-on-error \\
      --no-owner --no-privileges --jobs=2 database
    psql --username=filaops_owner --dbname=filaops_restored --command=ANALYZE

The files go, as they are, into the folder files/ of FilaOps' home:

    cp --no-clobber files/* /var/lib/filaops/files/

Install FilaOps ${backup.version} for it: another version may want another schema.
Restore only a backup that you know: a dump runs what is written in it.
`;
}
