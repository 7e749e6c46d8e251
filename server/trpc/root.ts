import { settingsRouter, setupRouter, tokensRouter, usersRouter } from "../accounts/router.ts";
import { backupsRouter } from "../backups/router.ts";
import { customersRouter } from "../customers/router.ts";
import { importsRouter } from "../imports/router.ts";
import { exportsRouter } from "../exports/router.ts";
import { itemsRouter } from "../items/router.ts";
import { messagesRouter } from "../messages/router.ts";
import { nagRouter } from "../nag/router.ts";
import { ordersRouter } from "../orders/router.ts";
import { samplesRouter } from "../samples/router.ts";
import { systemRouter } from "../system/router.ts";
import { updatesRouter } from "../updates/router.ts";
import { router } from "./init.ts";

/** All procedures of the web. REST is made of the same ones (`meta.openapi`). */
export const appRouter = router({
  setup: setupRouter,
  users: usersRouter,
  tokens: tokensRouter,
  settings: settingsRouter,
  customers: customersRouter,
  items: itemsRouter,
  orders: ordersRouter,
  imports: importsRouter,
  system: systemRouter,
  updates: updatesRouter,
  backups: backupsRouter,
  messages: messagesRouter,
  exports: exportsRouter,
  samples: samplesRouter,
  nag: nagRouter,
});

export type AppRouter = typeof appRouter;
