// Every feature that shows something in the room, in the order of its tab and its control.
import { peopleFeature } from "../views/people";
import { agendaFeature } from "./agenda/view";
import { breakoutsFeature } from "./breakouts/view";
import { chatFeature } from "./chat/view";
import { interpretationFeature } from "./interpretation/view";
import { handsFeature } from "./hands/view";
import { notesFeature } from "./notes/view";
import { pollsFeature } from "./polls/view";
import { premiereFeature } from "./premiere/view";
import { projectFeature } from "./project/view";
import { questionsFeature } from "./questions/view";
import { reactionsFeature } from "./reactions/view";
import { liveTextFeature } from "./realtime_text/view";
import { resourcesFeature } from "./resources/view";
import { slidesFeature } from "./slides/view";
import { timerFeature } from "./timer/view";
import type { RoomFeature } from "./registry";

export const FEATURES: readonly RoomFeature[] = [
  chatFeature,
  questionsFeature,
  pollsFeature,
  liveTextFeature,
  peopleFeature,
  agendaFeature,
  notesFeature,
  projectFeature,
  resourcesFeature,
  slidesFeature,
  premiereFeature,
  interpretationFeature,
  handsFeature,
  reactionsFeature,
  timerFeature,
  breakoutsFeature,
];
