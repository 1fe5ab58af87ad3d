import type { ConformanceCase } from "./case.ts";
import { approval } from "./cases/approval.ts";
import { chat } from "./cases/chat.ts";
import { endings } from "./cases/endings.ts";
import { endpoints } from "./cases/endpoints.ts";
import { errors } from "./cases/errors.ts";
import { files } from "./cases/files.ts";
import { leaving } from "./cases/leaving.ts";
import { media } from "./cases/media.ts";
import { providers } from "./cases/providers.ts";
import { responseEndpoints } from "./cases/responseEndpoints.ts";
import { responses } from "./cases/responses.ts";
import { session } from "./cases/session.ts";
import { stored } from "./cases/stored.ts";
import { stream } from "./cases/stream.ts";
import { toolCases } from "./cases/tools.ts";
import { truth } from "./cases/truth.ts";

/** All conformance cases: the promises of the package that can be observed from outside. */
export const cases: readonly ConformanceCase[] = [
  ...chat,
  ...stream,
  ...toolCases,
  ...endings,
  ...leaving,
  ...errors,
  ...session,
  ...approval,
  ...responses,
  ...responseEndpoints,
  ...endpoints,
  ...files,
  ...media,
  ...stored,
  ...providers,
  ...truth,
];
