import { createServer } from "node:net";
import type { FreePort } from "../ports.ts";

/** One that the system chooses. Another program may take it meanwhile: who listens asks for another then. */
export const freePort: FreePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" ? address?.port : undefined;
      server.close(() => (port === undefined ? reject(new Error("this machine has no free port")) : resolve(port)));
    });
  });
