// Commands of questions. What was typed stays until the room has confirmed it.
import type { RoomActions } from "../../actions";
import { newClientId } from "../../client-id";
import type { Command, QuestionDetails, QuestionInfo } from "../../protocol.generated";
import { Refused } from "../../socket";
import { withOwn, withPage, withUpvote } from "./state";

/** Why a question was not asked. */
export type AskProblem = "" | "too_fast" | "closed" | "anonymous" | "too_many_open" | "offline" | "refused";

const KNOWN_PROBLEMS: readonly string[] = ["closed", "anonymous", "too_many_open"] satisfies AskProblem[];

export class QuestionCommands {
  private lastAsked = { text: "", key: "" };

  constructor(private readonly room: RoomActions) {}

  /** Asked again after a break, the same question keeps its client id: so it is asked once. */
  async ask(text: string, language: string, hiddenFrom: "attendees" | "everyone" | null): Promise<AskProblem> {
    if (this.lastAsked.text !== text) this.lastAsked = { text, key: newClientId() };
    const anonymous = hiddenFrom === null ? {} : { anonymous: true, hidden_from: hiddenFrom };
    try {
      const reply = await this.room.send({ do: "question.ask", text, language, client_id: this.lastAsked.key, ...anonymous });
      this.lastAsked = { text: "", key: "" };
      this.room.update((state) => withOwn(state, reply.question as string));
      return "";
    } catch (error) {
      return problemOf(error);
    }
  }

  async vote(id: string, up: boolean): Promise<void> {
    if (await this.room.ask({ do: "question.vote", question: id, up })) this.room.update((state) => withUpvote(state, id, up));
  }

  /** The next page of the list. */
  async loadMore(): Promise<void> {
    const before = this.room.state().questions.next;
    const reply = await this.room.reply({ do: "question.list", ...(before === null ? {} : { before }) });
    if (!reply) return;
    const page = { questions: reply.questions as QuestionInfo[], details: reply.details as QuestionDetails[], next: reply.next as number | null };
    this.room.update((state) => withPage(state, page));
  }

  send(command: Command): Promise<boolean> {
    return this.room.ask(command);
  }
}

function problemOf(error: unknown): AskProblem {
  if (!(error instanceof Refused)) return "offline";
  if (error.code === "too_fast") return "too_fast";
  return KNOWN_PROBLEMS.includes(error.message) ? (error.message as AskProblem) : "refused";
}
