// Every feature that shows something in the room, in the order of its tab and its control.
import { peopleFeature } from "../views/people";
import { chatFeature } from "./chat/view";
import { handsFeature } from "./hands/view";
import { pollsFeature } from "./polls/view";
import { questionsFeature } from "./questions/view";
import { reactionsFeature } from "./reactions/view";
import { timerFeature } from "./timer/view";
import type { RoomFeature } from "./registry";

export const FEATURES: readonly RoomFeature[] = [chatFeature, questionsFeature, pollsFeature, peopleFeature, handsFeature, reactionsFeature, timerFeature];
