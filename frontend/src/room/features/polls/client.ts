// Commands of polls. A refusal is told beside the poll, so that nobody believes to have voted who has not.
import type { RoomActions } from "../../actions";
import type { OwnBallot, PollCreate, PollInfo } from "../../protocol.generated";
import { Refused } from "../../socket";
import { withBallot, withMorePolls } from "./state";

export type PollContent = Omit<PollCreate, "do">;
/** Why a vote was not counted. */
export type VoteProblem = "" | "already_voted" | "closed" | "too_fast" | "failed";

export class Polls {
  constructor(private readonly room: RoomActions) {}

  async vote(ballot: OwnBallot): Promise<VoteProblem> {
    const { poll, choices, text } = ballot;
    try {
      await this.room.send({ do: "poll.vote", poll, ...(text ? { text } : { choices }) });
    } catch (error) {
      const code = error instanceof Refused ? error.code : "failed";
      if (code === "already_voted") this.room.update((state) => withBallot(state, { poll, choices: [], text: "" }));
      return code === "already_voted" || code === "closed" || code === "too_fast" ? code : "failed";
    }
    this.room.update((state) => withBallot(state, ballot));
    return "";
  }

  /** The new poll's id; null when it was refused. */
  async create(content: PollContent): Promise<string | null> {
    const reply = await this.room.reply({ do: "poll.create", ...content });
    return reply ? (reply.poll as string) : null;
  }

  async save(content: PollContent, poll: string | null): Promise<string | null> {
    if (poll === null) return this.create(content);
    return (await this.room.ask({ do: "poll.edit", poll, ...content })) ? poll : null;
  }

  open(poll: string): Promise<boolean> {
    return this.room.ask({ do: "poll.open", poll });
  }

  close(poll: string, share = false): Promise<boolean> {
    return this.room.ask({ do: "poll.close", poll, share });
  }

  share(poll: string, onStage: boolean): Promise<boolean> {
    return this.room.ask({ do: "poll.share", poll, on_stage: onStage });
  }

  delete(poll: string): Promise<boolean> {
    return this.room.ask({ do: "poll.delete", poll });
  }

  async loadMore(): Promise<void> {
    const last = this.room.state().polls.at(-1);
    const reply = await this.room.reply({ do: "poll.list", ...(last ? { after: last.id } : {}) });
    if (reply) this.room.update((state) => withMorePolls(state, reply.polls as PollInfo[], reply.next !== null));
  }
}
