import type {
  AnswerMessage,
  AssistantMessage,
  ChatParams,
  Chunk,
  GoodEnding,
  HeldAnswer,
  Message,
  ToolCall,
  Usage,
} from "../wire/index.ts";
import type { AnswerStream, ApiRequest, AskableApi, BackgroundPlace, Step } from "./apis/api.ts";
import type { Approval, ApprovalRequest, CallNotes } from "./approval.ts";
import type { Account } from "./budget.ts";
import type { PrepareStep } from "./prepareStep.ts";
import type { CallOutcome, SessionTool } from "./tools.ts";

export type { Step } from "./apis/api.ts";

/**
 * The ending of a turn that did not fail: that of its last answer, `max_steps` or `budget` if a limit was reached, `approval` if calls wait
 * for approval.
 */
export type TurnEnding = GoodEnding | "max_steps" | "budget" | "approval";

/** A finished turn: the user's or program's input and everything up to the answer. */
export interface Turn {
  /** The answer's text; a refusal if there is no other. */
  readonly text: string;
  /** The last answer. */
  readonly message: AnswerMessage;
  /** The turn's ending. */
  readonly ending: TurnEnding;
  /** Tokens used, summed over the steps, also those before a pause; with `estimated: true` if an answer was restarted or cut. */
  readonly usage: Usage | undefined;
  /** The turn's requests, in order. A turn that was resumed after a pause has only those after the pause. */
  readonly steps: readonly Step[];
  /** Calls that wait for approval; the ending is `approval` then. */
  readonly pending: readonly ToolCall[];
}

/** An event of a turn. Events come in the order in which things happen. Each has `content`: the new text, or `""`. */
export type TurnEvent =
  /** The API has accepted a request, the first of a turn or a later one. */
  | { readonly type: "step_start"; readonly content: "" }
  | { readonly type: "text"; readonly content: string; readonly chunk: Chunk }
  | { readonly type: "reasoning"; readonly content: ""; readonly reasoning: string; readonly chunk: Chunk }
  /** A call that is being written: `arguments` is the new piece of its arguments (or a custom tool's input), not yet reliable. */
  | {
      readonly type: "tool_call_delta";
      readonly content: "";
      /** The call's place in its message. */
      readonly index: number;
      readonly id: string;
      readonly name: string;
      readonly arguments: string;
      readonly chunk: Chunk;
    }
  /** Any other chunk, such as a refusal or the finish reason. */
  | { readonly type: "chunk"; readonly content: ""; readonly chunk: Chunk }
  /** The answer restarts: discard what this step brought. Only with `resume: "restart"`. */
  | { readonly type: "restart"; readonly content: ""; readonly chunk: Chunk }
  /** The answer is complete, and in the history. */
  | { readonly type: "step_end"; readonly content: ""; readonly step: Step }
  | CallEvent
  /** A call waits for approval, and the turn ends: `session.approve()` or `session.reject()`, then `generateResponse()` resumes it. */
  | { readonly type: "approval"; readonly content: ""; readonly call: ToolCall };

/** A call begins to run (`tool_call`), or its result is in the history (`tool_result`). */
export type CallEvent =
  | { readonly type: "tool_call"; readonly content: ""; readonly call: ToolCall }
  | { readonly type: "tool_result"; readonly content: ""; readonly outcome: CallOutcome };

/** Params of one turn, over the session's. Tools and functions are changed on the session itself. */
export interface TurnParams extends Omit<ChatParams, "tools" | "functions"> {
  /** Not accepted: set `session.tools`. */
  tools?: never;
  /** Not accepted: set `session.functions`. */
  functions?: never;
  /** Not accepted: set `session.messages`. */
  messages?: never;
  /** Not accepted: an option, in the argument after params. */
  append?: never;
  /** Not accepted: an option, in the argument after params. */
  resume?: never;
  /** Not accepted: an option, in the argument after params. */
  api?: never;
}

/** An answer that may ask for something. */
export interface Asked {
  /** The answer in the history. */
  readonly said: AssistantMessage | undefined;
  /** Its calls of functions and custom tools. */
  readonly calls: readonly ToolCall[];
  /** The calls that the session runs. */
  readonly runnable: readonly ToolCall[];
  /** The tools that the answer could call. */
  readonly tools: readonly SessionTool[];
}

/** Receives a turn's events. The turn waits for it. */
export type Emit = (event: TurnEvent) => Promise<void> | void;

/** The settings of one turn. The session reads them once, when the turn starts. */
export interface TurnSettings {
  readonly connection: ApiRequest["connection"];
  readonly api: AskableApi;
  /** The history; the turn adds answers and results to it. */
  readonly messages: Message[];
  /** `true` adds answers to the history. If `false`, no tool runs. */
  readonly append: boolean;
  /** Session and turn params, `tools` not included. */
  readonly params: ChatParams;
  readonly tools: readonly SessionTool[];
  readonly options: ApiRequest["options"];
  readonly prepareStep: PrepareStep | undefined;
  readonly maxSteps: number;
  readonly maxParallelTools: number;
  readonly onApproval: ((request: ApprovalRequest) => Approval | Promise<Approval>) | undefined;
  readonly onChunk: ((chunk: Chunk) => unknown) | undefined;
  /** Stores the session. Awaited before a call begins and after it has its result. */
  readonly save: (() => Promise<void>) | undefined;
  /** The session's budget and what it has spent, as they stand at any time. */
  readonly account: Account;
  readonly notes: CallNotes;
  /** The number of requests of the turn before it was paused. */
  readonly stepsBefore: number;
  /** The turn's background response, which the API writes. */
  readonly background: BackgroundPlace;
  /** Records the finished turn on the session. */
  onEnd(turn: Turn): void;
  /** Lets the next turn start early: this one's stream broke, and nobody may be reading it. */
  release(): void;
}

/** The state of a running turn, which its `TurnStream` observes. */
export interface TurnState {
  /** Stops the turn. */
  readonly stopper: AbortController;
  /** `true` if answers are streamed. */
  readonly streamed: boolean;
  readonly steps: Step[];
  /** Tokens used, also before a pause. */
  usage: Usage | undefined;
  /** `true` once the API has accepted a request. */
  accepted: boolean;
  /** `true` if the turn was stopped because the budget's time is used up. */
  timeUp: boolean;
  /** The current request's stream. */
  stream: AnswerStream | undefined;
  /** The part that had arrived of an answer that broke off. */
  cut: HeldAnswer | undefined;
  /** The finished turn. It is set before the last event is emitted, so that it survives a reader that leaves on that event. */
  turn: Turn | undefined;
}

/** A turn that runs. */
export interface RunningTurn extends TurnSettings {
  readonly state: TurnState;
  readonly emit: Emit;
}

/** Returns the state of a turn that has not started. */
export function newTurnState(streamed: boolean): TurnState {
  return {
    stopper: new AbortController(),
    streamed,
    steps: [],
    usage: undefined,
    accepted: false,
    timeUp: false,
    stream: undefined,
    cut: undefined,
    turn: undefined,
  };
}
