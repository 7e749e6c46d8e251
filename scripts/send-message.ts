import { text } from "node:stream/consumers";
import { orderSchema } from "../server/messages/contract.ts";
import { send } from "../server/messages/sender/send.ts";

/**
 * `send-message`: makes one delivery of a message. Takes what and where to as JSON on its standard input, since that holds a secret, and answers with one
 * line. The updater starts it as a user who can read none of its keys, and without the right to read other files than this program.
 */
const answer = await send(orderSchema.parse(JSON.parse(await text(process.stdin))));
process.stdout.write(`${JSON.stringify(answer)}\n`);
