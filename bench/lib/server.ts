/**
 * A process: a loopback server that answers every request with one completion. Prints its address and ends with its
 * parent.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { COMPLETION } from "./source.ts";

const server = createServer((request, response) => {
  request
    .resume()
    .on("end", () =>
      response
        .writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(COMPLETION) })
        .end(COMPLETION),
    );
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`));
process.stdin.on("end", () => process.exit(0)).resume();
