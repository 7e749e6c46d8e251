import { defineConfig } from "prisma/config";

/** For `prisma generate` only: migrations are applied by server/databases/migrate.ts, never by Prisma's command line. */
export default defineConfig({ schema: "prisma/schema.prisma" });
