// Commands of resources, and the upload of a document.
import type { RoomActions } from "../../actions";
import { postFile } from "../../post-file";
import { Refused } from "../../socket";
import { withScheme } from "./state";

export const LARGEST_FILE = 50 * 1024 * 1024;

export class ResourceCommands {
  constructor(
    private readonly room: RoomActions,
    private readonly csrf: string,
  ) {}

  /** "shared", or what is wrong: the address, or the list is full; what the room says of others is a notice. */
  async share(title: string, address: string): Promise<"shared" | "address" | "full" | "failed"> {
    try {
      await this.room.send({ do: "resource.share", title: title.trim(), url: withScheme(address) });
      return "shared";
    } catch (error) {
      if (error instanceof Refused && error.code === "bad_field") return "address";
      if (error instanceof Refused && error.code === "not_now") return "full";
      this.room.notify({ what: error instanceof Refused && error.code === "too_fast" ? "too_fast" : "refused" });
      return "failed";
    }
  }

  remove(resource: string): Promise<boolean> {
    return this.room.ask({ do: "resource.remove", resource });
  }

  /** Empty when it has arrived, else why not, in words; null when the server gave none. */
  upload(address: string, file: File, title: string): Promise<string | null> {
    const body = new FormData();
    body.append("file", file);
    body.append("title", title);
    return postFile(address, this.csrf, body);
  }
}
