// Written by `manage.py write_live_protocol` from the registered live features: change it there.

/** What hosts enter for an item: its title in one language or more. */
export interface AgendaItemContent {
  title: Record<string, string>;
  minutes: number;
  speaker: string;
}

/** An item: `title` by language. The one that has started and not ended is current: `minutes` run from its start. */
export interface AgendaItemInfo {
  id: string;
  title: Record<string, string>;
  minutes: number;
  speaker: string;
  started_at: string | null;
  ended_at: string | null;
}

/** An answer in writing, or `aloud`, or both. `at` is when it began to be heard, else when it was written. */
export interface AnswerInfo {
  text: string;
  aloud: boolean;
  by: string;
  at: string;
}

/** `person` is now assigned to `room`, or with null to none. */
export interface BreakoutAssigned {
  person: string;
  room: string | null;
}

/** Somebody in the main room: their group, and whether they are there now. */
export interface BreakoutPerson {
  id: string;
  name: string;
  company: string;
  role: "host" | "co_host" | "speaker" | "interpreter" | "captioner" | "attendee";
  room: string | null;
  here: boolean;
}

/** A group: its room, and who is assigned to it. With an empty `name` it is called by its `number`, from 1. */
export interface BreakoutRoom {
  id: string;
  number: number;
  name: string;
  people: string[];
}

/** Breakout rooms. `ends_at` is when open ones close by themselves; null: when a host closes them. */
export interface Breakouts {
  id: string;
  state: "prepared" | "open";
  assign: "random" | "companies" | "countries" | "list" | "choice";
  minutes: number | null;
  ends_at: string | null;
  rooms: BreakoutRoom[];
  help: HelpRequest[];
}

/** Captions in one language, as WebVTT. */
export interface CaptionsAddress {
  language: string;
  address: string;
}

/** What hosts have chosen for the chat. */
export interface ChatSwitches {
  on: boolean;
  private: "everybody" | "hosts" | "nobody";
  moderated: boolean;
  slow_seconds: 0 | 10 | 30 | 60;
}

/** Where somebody's cursor is, under their client id; null: nowhere. */
export interface Cursor {
  client: number;
  person: PersonRef;
  cursor: Selection | null;
}

/** A deck, for hosts and speakers. `failure` says why there are no slides, `picture` is of its first page. */
export interface DeckInfo {
  id: string;
  title: string;
  state: "uploaded" | "processing" | "ready" | "failed" | "deleted";
  failure: string;
  pages: number;
  is_downloadable: boolean;
  picture: string | null;
}

/** A document of notes. `meeting` is null for the lasting one; `changed_at` until somebody has written. */
export interface DocumentInfo {
  document: string;
  meeting: string | null;
  changed_at: string | null;
}

/** Erases `erase` characters from the position `at` on, and inserts `insert` there. Characters are code points. */
export interface Edit {
  at: number;
  erase: number;
  insert: string;
}

/** A film: its title by language, its length in seconds, the languages of its captions. */
export interface Film {
  id: string;
  title: Record<string, string>;
  language: string;
  seconds: number;
  has_picture: boolean;
  captions: string[];
}

/** Somebody in the group of `room` asks for a host. */
export interface HelpRequest {
  person: PersonRef;
  room: string;
  at: string;
}

/** A channel. `on_air` is the interpreter who is heard, `offered_to` the one whom they ask to take over. */
export interface InterpretationChannelInfo {
  language: string;
  interpreters: PersonRef[];
  on_air: string | null;
  offered_to: string | null;
}

/** Of an item of Yjs. */
export interface ItemId {
  client: number;
  clock: number;
}

/** A message; `id` is the `seq` of its event, `client_id` the one of `chat.send`. */
export interface Message {
  id: number;
  from: PersonRef;
  text: string;
  at: string;
  client_id: string | null;
  to?: PersonRef | string | null;
  also?: string[];
  reply_to?: number | null;
  edited_at?: string | null;
  held?: boolean;
  approved_from?: number | null;
  deleted_by_host?: boolean;
  reactions?: ReactionTally | null;
}

/** What only the receiver sees. Each feature that has something adds its fields. */
export interface Own {
  ballots: OwnBallot[];
  own_questions: string[];
  upvoted_questions: string[];
  own_messages: Message[];
  own_messages_after: number;
  own_reactions: Record<string, number[]>;
}

/** A poll in which the receiver has voted; of an anonymous one not even they get what they chose. */
export interface OwnBallot {
  poll: string;
  choices: number[];
  text: string;
}

/** A page as its speaker sees it. */
export interface PageInfo {
  number: number;
  title: string;
  text: string;
  notes: string;
  picture: string;
}

/** A person in the room, with what they publish. `connections` are those that `signal.send` may address. */
export interface ParticipantInfo {
  id: string;
  name: string;
  company: string;
  role: "host" | "co_host" | "speaker" | "interpreter" | "captioner" | "attendee";
  on_stage: boolean;
  hand_raised_at: string | null;
  microphone: boolean;
  camera: boolean;
  screen: boolean;
  connections: string[];
  breakout: string | null;
}

/** A person as others see them. `id` is stable within the room. */
export interface PersonRef {
  id: string;
  name: string;
  company: string;
  role: "host" | "co_host" | "speaker" | "interpreter" | "captioner" | "attendee";
}

/** A poll as the receiver may see it: `results`, `voters` and `right` are null while they may not. */
export interface PollInfo {
  id: string;
  meeting: string;
  kind: "single" | "multiple" | "rating" | "words" | "ranking" | "quiz";
  title: string;
  translations?: Record<string, string>;
  options: PollOptionInfo[];
  anonymous: boolean;
  most: number;
  show: "live" | "held" | "hosts";
  state: "prepared" | "open" | "closed";
  shared: boolean;
  on_stage: boolean;
  on_page: boolean;
  voters: number | null;
  not_voted: number | null;
  results: PollResult[] | null;
  right: number[] | null;
}

/** An option: what `choices` of a vote name is its `id`. */
export interface PollOptionInfo {
  id: number;
  text: string;
  translations?: Record<string, string>;
}

/** How many votes an option has; in a `ranking` the sum of points, the last place one; in `words` an answer's. */
export interface PollResult {
  id: number;
  votes: number;
  text?: string;
}

/** A relative position of Yjs. */
export interface Position {
  type: ItemId | null;
  tname: string | null;
  item: ItemId | null;
  assoc: number;
}

/** The film on the stage: at `as_of`, by the server's time, at this `position`; since then it has played, or not. */
export interface Premiere {
  film: Film;
  is_playing: boolean;
  position: number;
  as_of: string;
}

/** What only hosts and the asker see of a question: who asks, the reason of a dismissal, a private answer. */
export interface QuestionDetails {
  id: string;
  from: PersonRef | null;
  reason: string;
  answer: AnswerInfo | null;
}

/** A question as everybody sees it. `from` is null when it is anonymous. */
export interface QuestionInfo {
  id: string;
  text: string;
  from: PersonRef | null;
  hidden_from: "nobody" | "attendees" | "everyone";
  language: string;
  translations: Record<string, string>;
  votes: number;
  state: "held" | "visible" | "answered" | "dismissed" | "merged";
  at: string;
  edited: boolean;
  pinned: boolean;
  assigned: PersonRef | null;
  answering: boolean;
  answer: AnswerInfo | null;
}

/** What hosts have chosen for the questions of the room. */
export interface QuestionSettingsInfo {
  is_open: boolean;
  is_moderated: boolean;
  anonymity: "no" | "attendees" | "everyone";
  has_upvotes: boolean;
}

/** How many people have reacted, by reaction. Of two tallies that with the higher `version` is newer. */
export interface ReactionTally {
  counts: Record<string, number>;
  version: number;
}

/** A link, with the `host` as people read it; or a document, with its type and its size in bytes. */
export interface ResourceInfo {
  id: string;
  kind: "link" | "file";
  title: string;
  url: string;
  host: string;
  type: string;
  size: number;
  at: string;
}

/** The room: its meeting and state, whether it is recorded, and how audio and video are sent. */
export interface RoomInfo {
  id: string;
  kind: "meeting" | "project" | "breakout";
  parent: string | null;
  title: Record<string, string>;
  state: "waiting" | "live" | "ended";
  meeting: string | null;
  starts_at: string | null;
  ends_at: string | null;
  started_at: string | null;
  closes_at: string | null;
  is_webinar: boolean;
  lobby: boolean;
  locked: boolean;
  recording: boolean;
  recording_planned: boolean;
  media: "mesh" | "sfu";
  ice_servers: RTCIceServer[];
}

/** What somebody has selected, or where their cursor is. */
export interface Selection {
  anchor: Position;
  head: Position;
}

/** A page. `picture` is an address to which `large.webp` or `small.webp` is appended; it is valid for hours. */
export interface ShownPage {
  number: number;
  width: number;
  height: number;
  title: string;
  text: string;
  picture: string;
  next: string | null;
}

/** The slides on stage. `download` is the address of the PDF where participants may have it, or null. */
export interface ShownSlides {
  deck: string;
  title: string;
  pages: number;
  page: ShownPage;
  download: string | null;
}

/** A line as far as it has been typed. */
export interface TextBeingTyped {
  person: PersonRef;
  text_id: string;
  version: number;
  text: string;
  language?: string | null;
}

/** A kept line. `id` is its number; `language` that of a caption, which was begun at `began`. */
export interface TextLine {
  id: number;
  person: PersonRef;
  text_id: string;
  text: string;
  at: string;
  language?: string | null;
  began?: string | null;
}

/** A timer. Once `ends_at` has passed, the time is up. */
export interface Timer {
  seconds: number;
  ends_at: string;
  label: string;
  person: PersonRef | null;
}

/** The receiver. `connection` is the id of this connection; `may` lists the commands that it may send now. */
export interface You {
  id: string;
  name: string;
  company: string;
  role: "host" | "co_host" | "speaker" | "interpreter" | "captioner" | "attendee";
  on_stage: boolean;
  hand_raised_at: string | null;
  microphone: boolean;
  camera: boolean;
  screen: boolean;
  connections: string[];
  breakout: string | null;
  connection: string;
  admission: "waiting" | "admitted";
  may: string[];
}

/** The present state of the room. Each feature adds its fields. */
export interface Snapshot {
  notes_shown: boolean;
  messages: Message[];
  earlier: boolean;
  pinned: Message[];
  chat: ChatSwitches;
  premiere: Premiere | null;
  interpretation: InterpretationChannelInfo[];
  resources: ResourceInfo[];
  agenda: AgendaItemInfo[];
  breakouts: Breakouts | null;
  slides: ShownSlides | null;
  being_typed: TextBeingTyped[];
  text_lines: TextLine[];
  earlier_lines: boolean;
  timer: Timer | null;
  hands: ParticipantInfo[];
  polls: PollInfo[];
  more_polls: boolean;
  questions: QuestionInfo[];
  more_questions: boolean;
  question_details: QuestionDetails[];
  question_settings: QuestionSettingsInfo;
  stage: ParticipantInfo[];
  stage_order: string[];
  spotlight: string | null;
  waiting: PersonRef[];
  count: number;
}

/** The room was locked, or with `on` false unlocked; `by` is null when the end of the meeting unlocked it. */
export interface RoomLocked {
  ev: "room.locked";
  seq: number;
  on: boolean;
  by: PersonRef | null;
  at: string;
}

/** `person` is on stage. */
export interface StageJoined {
  ev: "stage.joined";
  seq: number;
  person: PersonRef;
  at: string;
}

/** A host has changed the order of the people on stage; `stage.joined` adds to its end, `stage.left` takes out. */
export interface StageOrdered {
  ev: "stage.ordered";
  seq: number;
  people: string[];
  at: string;
}

/** `person` is no longer on stage. */
export interface StageLeft {
  ev: "stage.left";
  seq: number;
  person: PersonRef;
  at: string;
}

/** `person` is shown large to everybody; with null nobody is any more. It ends when they leave the stage. */
export interface StageSpotlighted {
  ev: "stage.spotlighted";
  seq: number;
  person: PersonRef | null;
  at: string;
}

/** A new message; `id` equals `seq`, `client_id` is the one of `chat.send`; see `Message`. */
export interface ChatMessage {
  ev: "chat.message";
  seq: number;
  id: number;
  from: PersonRef;
  text: string;
  at: string;
  client_id: string | null;
  to?: PersonRef | string | null;
  also?: string[];
  reply_to?: number | null;
  edited_at?: string | null;
  held?: boolean;
  approved_from?: number | null;
  deleted_by_host?: boolean;
  deleted?: boolean;
}

/** The message with the id `message` has this text now. An empty one: the message was deleted meanwhile. */
export interface ChatEdited {
  ev: "chat.edited";
  seq: number;
  message: number;
  text: string;
  at: string;
}

/** The message with the id `message` is deleted; its text is erased from the journal, too. */
export interface ChatDeleted {
  ev: "chat.deleted";
  seq: number;
  message: number;
  by: PersonRef;
  at: string;
  by_host?: boolean;
}

/** A host has pinned this message. It has no text when it was deleted meanwhile. */
export interface ChatPinned {
  ev: "chat.pinned";
  seq: number;
  message: Message;
  by: PersonRef;
  at: string;
}

/** The message with the id `message` is no longer pinned. */
export interface ChatUnpinned {
  ev: "chat.unpinned";
  seq: number;
  message: number;
  by: PersonRef;
  at: string;
}

/** A host has changed the chat's settings; they apply at once. */
export interface ChatConfigured {
  ev: "chat.configured";
  seq: number;
  chat: ChatSwitches;
  by: PersonRef;
  at: string;
}

/** A question. With the state `held` only hosts and the asker get it; after the approval everybody does. */
export interface QuestionAsked {
  ev: "question.asked";
  seq: number;
  id: string;
  text: string;
  from: PersonRef | null;
  hidden_from: "nobody" | "attendees" | "everyone";
  language: string;
  translations: Record<string, string>;
  votes: number;
  state: "held" | "visible" | "answered" | "dismissed" | "merged";
  at: string;
  edited: boolean;
  pinned: boolean;
  assigned: PersonRef | null;
  answering: boolean;
  answer: AnswerInfo | null;
}

/** The question has changed: its text, translations, who answers it, or that it is answered now. */
export interface QuestionChanged {
  ev: "question.changed";
  seq: number;
  id: string;
  text: string;
  from: PersonRef | null;
  hidden_from: "nobody" | "attendees" | "everyone";
  language: string;
  translations: Record<string, string>;
  votes: number;
  state: "held" | "visible" | "answered" | "dismissed" | "merged";
  at: string;
  edited: boolean;
  pinned: boolean;
  assigned: PersonRef | null;
  answering: boolean;
  answer: AnswerInfo | null;
}

/** The question is answered: in writing with `answer.text`, or aloud. */
export interface QuestionAnswered {
  ev: "question.answered";
  seq: number;
  id: string;
  text: string;
  from: PersonRef | null;
  hidden_from: "nobody" | "attendees" | "everyone";
  language: string;
  translations: Record<string, string>;
  votes: number;
  state: "held" | "visible" | "answered" | "dismissed" | "merged";
  at: string;
  edited: boolean;
  pinned: boolean;
  assigned: PersonRef | null;
  answering: boolean;
  answer: AnswerInfo | null;
}

/** The question is dismissed: only hosts and the asker still see it, with the reason in `question.details`. */
export interface QuestionDismissed {
  ev: "question.dismissed";
  seq: number;
  id: string;
  at: string;
}

/** The question is merged into the question `into`: only hosts and the asker still see it. */
export interface QuestionMerged {
  ev: "question.merged";
  seq: number;
  id: string;
  into: string;
  at: string;
}

/** The question is gone: deleted by its asker, or changed and held again, and then hosts and asker get it anew. */
export interface QuestionDeleted {
  ev: "question.deleted";
  seq: number;
  id: string;
  at: string;
}

/** To hosts and the asker: what only they see of a question. It replaces what was there. */
export interface QuestionDetailed {
  ev: "question.details";
  seq: number;
  id: string;
  from: PersonRef | null;
  reason: string;
  answer: AnswerInfo | null;
  at: string;
}

/** To the asker: this question is theirs. `person` is the asker. */
export interface QuestionOwn {
  ev: "question.own";
  seq: number;
  id: string;
  person: string;
  at: string;
}

/** The settings of the room's questions have changed. */
export interface QuestionsConfigured {
  ev: "question.configured";
  seq: number;
  settings: QuestionSettingsInfo;
  at: string;
}

/** To hosts: a poll was prepared, or a prepared one changed. */
export interface PollPrepared {
  ev: "poll.prepared";
  seq: number;
  poll: PollInfo;
  at: string;
}

/** To hosts: a prepared poll was deleted. */
export interface PollDeleted {
  ev: "poll.deleted";
  seq: number;
  poll: string;
  at: string;
}

/** A poll is open. */
export interface PollOpened {
  ev: "poll.opened";
  seq: number;
  id: string;
  meeting: string;
  title: string;
  translations?: Record<string, string>;
  kind: "single" | "multiple" | "rating" | "words" | "ranking" | "quiz";
  options: PollOptionInfo[];
  anonymous: boolean;
  most: number;
  show: "live" | "held" | "hosts";
  on_page: boolean;
  at: string;
}

/** The voting has ended. Unless `shared`, `results`, `voters` and `right` are null. */
export interface PollClosed {
  ev: "poll.closed";
  seq: number;
  id: string;
  shared: boolean;
  results: PollResult[] | null;
  voters: number | null;
  right: number[] | null;
  at: string;
}

/** To hosts: the results of a poll that was closed without sharing them. */
export interface PollCounted {
  ev: "poll.counted";
  seq: number;
  id: string;
  results: PollResult[];
  voters: number;
  right: number[];
  at: string;
}

/** Everybody may see these results; with `on_stage` they are shown over the stage. */
export interface PollShared {
  ev: "poll.shared";
  seq: number;
  id: string;
  on_stage: boolean;
  results: PollResult[];
  voters: number;
  right: number[] | null;
  at: string;
}

/** `person` has raised their hand. */
export interface HandRaised {
  ev: "hand.raised";
  seq: number;
  person: PersonRef;
  at: string;
}

/** The hand of `person` is lowered. */
export interface HandLowered {
  ev: "hand.lowered";
  seq: number;
  person: PersonRef;
  at: string;
}

/** A timer runs until `ends_at`, by the server's time; `person` is whose it is, or null. */
export interface TimerStarted {
  ev: "timer.started";
  seq: number;
  seconds: number;
  ends_at: string;
  label: string;
  person: PersonRef | null;
  by: PersonRef;
  at: string;
}

/** There is no timer any more. */
export interface TimerStopped {
  ev: "timer.stopped";
  seq: number;
  by: PersonRef;
  at: string;
}

/** A line is finished and kept; it takes the place of what was shown as typed under this `text_id`. */
export interface RttCommitted {
  ev: "rtt.committed";
  seq: number;
  id: number;
  person: PersonRef;
  text_id: string;
  text: string;
  at: string;
  language?: string | null;
  began?: string | null;
  deleted?: boolean;
}

/** The line with this number says `text` from now on; what it said is erased from the journal. */
export interface RttCorrected {
  ev: "rtt.corrected";
  seq: number;
  line: number;
  text: string;
  by: PersonRef;
  at: string;
}

/** The line with this number is deleted; its text is erased from the journal, too. */
export interface RttDeleted {
  ev: "rtt.deleted";
  seq: number;
  line: number;
  by: PersonRef;
  at: string;
}

/** These slides are on stage, in the place of others. */
export interface SlidesShown {
  ev: "slides.shown";
  seq: number;
  slides: ShownSlides;
  by: PersonRef | null;
  at: string;
}

/** The deck on stage is at this page. */
export interface SlidesTurned {
  ev: "slides.turned";
  seq: number;
  deck: string;
  page: ShownPage;
  by: PersonRef;
  at: string;
}

/** There are no slides on stage any more. */
export interface SlidesHidden {
  ev: "slides.hidden";
  seq: number;
  by: PersonRef | null;
  at: string;
}

/** A deck was uploaded, is ready, has failed, was changed or deleted. For hosts and speakers. */
export interface SlidesDeck {
  ev: "slides.deck";
  seq: number;
  deck: DeckInfo;
  at: string;
}

/** To hosts: breakout rooms were prepared, in the place of those prepared before. */
export interface BreakoutsPrepared {
  ev: "breakout.prepared";
  seq: number;
  breakouts: Breakouts;
  at: string;
}

/** The breakout rooms are open: who is assigned to one may go there with `breakout.join`. */
export interface BreakoutsOpened {
  ev: "breakout.opened";
  seq: number;
  breakouts: Breakouts;
  at: string;
}

/** These people have another group now; to hosts alone while the breakout rooms are prepared. */
export interface BreakoutsMoved {
  ev: "breakout.moved";
  seq: number;
  moves: BreakoutAssigned[];
  at: string;
}

/** The group in `room` has another name; to hosts alone while it is prepared. */
export interface BreakoutRenamed {
  ev: "breakout.renamed";
  seq: number;
  room: string;
  name: string;
  at: string;
}

/** The breakout rooms close at `ends_at`, or with null only when a host does it. */
export interface BreakoutsExtended {
  ev: "breakout.extended";
  seq: number;
  ends_at: string | null;
  at: string;
}

/** The breakout rooms are closed, and everybody comes back; prepared ones were discarded, which only hosts get. */
export interface BreakoutsClosed {
  ev: "breakout.closed";
  seq: number;
  id: string;
  reason: "host" | "time" | "meeting";
  at: string;
}

/** A message of a host to everybody, in whichever group. */
export interface BreakoutAnnounced {
  ev: "breakout.announced";
  seq: number;
  text: string;
  by: PersonRef;
  at: string;
}

/** To hosts and to `person`: they ask for a host in their group, or with `on` false no longer do. */
export interface BreakoutHelpChanged {
  ev: "breakout.help_changed";
  seq: number;
  person: PersonRef;
  room: string;
  on: boolean;
  at: string;
}

/** The agenda of `meeting` was edited: these are all its items. */
export interface AgendaChanged {
  ev: "agenda.changed";
  seq: number;
  meeting: string;
  items: AgendaItemInfo[];
  at: string;
}

/** `item` is current since `at`, or none is; the one before is done. `by` is null at the end of the meeting. */
export interface AgendaMoved {
  ev: "agenda.moved";
  seq: number;
  meeting: string;
  item: string | null;
  by: PersonRef | null;
  at: string;
}

/** A link or a document was given to everybody. `by` is null when it came from the meeting's pages. */
export interface ResourceShared {
  ev: "resource.shared";
  seq: number;
  meeting: string;
  resource: ResourceInfo;
  by: PersonRef | null;
  at: string;
}

/** It has another title or address, given on the meeting's pages. */
export interface ResourceChanged {
  ev: "resource.changed";
  seq: number;
  resource: ResourceInfo;
  at: string;
}

/** It was taken away. */
export interface ResourceRemoved {
  ev: "resource.removed";
  seq: number;
  resource: string;
  by: PersonRef | null;
  at: string;
}

/** The channel of this language is open. `by` is null if the meeting was announced with it. */
export interface InterpretationOpened {
  ev: "interpretation.opened";
  seq: number;
  meeting: string;
  language: string;
  by: PersonRef | null;
  at: string;
}

/** The channel of this language is closed, and nobody interprets in it. */
export interface InterpretationClosed {
  ev: "interpretation.closed";
  seq: number;
  meeting: string;
  language: string;
  by: PersonRef | null;
  at: string;
}

/** Who interprets in a channel, who of them is on air, or who is asked to take over: all of it anew. */
export interface InterpretationChanged {
  ev: "interpretation.changed";
  seq: number;
  meeting: string;
  channel: InterpretationChannelInfo;
  by: PersonRef | null;
  at: string;
}

/** This film is on the stage, and plays from here or stands still. */
export interface PremiereChanged {
  ev: "premiere.changed";
  seq: number;
  premiere: Premiere;
  by: PersonRef;
  at: string;
}

/** There is no film on the stage any more. */
export interface PremiereStopped {
  ev: "premiere.stopped";
  seq: number;
  by: PersonRef | null;
  at: string;
}

/** Attendees of the webinar may read the meeting's notes from now on, or with `on` false no longer. */
export interface NotesShown {
  ev: "notes.shown";
  seq: number;
  meeting: string;
  on: boolean;
  at: string;
}

/** The meeting is live. Unless extended, it ends by itself at `closes_at`. */
export interface MeetingStarted {
  ev: "meeting.started";
  seq: number;
  meeting: string;
  closes_at: string | null;
  at: string;
}

/** The meeting has ended. A project room stays open. */
export interface MeetingEnded {
  ev: "meeting.ended";
  seq: number;
  meeting: string;
  at: string;
}

/** A host has extended the meeting `until` then. Unless extended again, it ends by itself at `closes_at`. */
export interface MeetingExtended {
  ev: "meeting.extended";
  seq: number;
  meeting: string;
  until: string;
  closes_at: string;
  at: string;
}

/** The meeting was rescheduled. */
export interface MeetingMoved {
  ev: "meeting.moved";
  seq: number;
  meeting: string;
  starts_at: string;
  ends_at: string;
  at: string;
}

/** A host turned the waiting room on or off; when off, whoever waits in a live meeting is let in. */
export interface MeetingWaitingRoom {
  ev: "meeting.waiting_room";
  seq: number;
  meeting: string;
  on: boolean;
  at: string;
}

/** The meeting is cancelled. */
export interface MeetingCancelled {
  ev: "meeting.cancelled";
  seq: number;
  meeting: string;
  reason: string;
  at: string;
}

/** The room is being recorded. */
export interface RecordingStarted {
  ev: "recording.started";
  seq: number;
  recording: string;
  at: string;
}

/** The recording has stopped. */
export interface RecordingStopped {
  ev: "recording.stopped";
  seq: number;
  recording: string;
  at: string;
}

/** `meeting` is not going to be recorded, although that was announced. */
export interface RecordingSkipped {
  ev: "recording.skipped";
  seq: number;
  meeting: string;
  at: string;
}

/** Reply to `hello`: the present state of the room, and with `since` also the events that were `missed`. */
export interface Welcome {
  ev: "welcome";
  at: string;
  you: You;
  room: RoomInfo;
  seq: number;
  snapshot: Snapshot | null;
  own: Own | null;
  missed?: DurableEvent[] | null;
}

/** To a person who is let in from the waiting room, or has become or ceased to be a host: a new snapshot. */
export interface Admitted {
  ev: "admitted";
  you: You;
  room: RoomInfo;
  seq: number;
  snapshot: Snapshot;
  own: Own;
}

/** To one person: their role, rights, or being on stage have changed. */
export interface YouChanged {
  ev: "you";
  you: You;
}

/** In the place of a durable event that is not for the receiver, so that the numbers have no gap. */
export interface Withheld {
  ev: "withheld";
  seq: number;
}

/** This connection was too slow and missed ephemeral events: send `since` and reload lists of people. */
export interface Resync {
  ev: "resync";
  seq: number;
}

/** The server stops; reconnect after `retry_after_ms`. */
export interface GoingAway {
  ev: "going_away";
  retry_after_ms: number;
}

/** At most once a second: the number of people and, in rooms of up to 100, who joined and who left. */
export interface PresenceChanged {
  ev: "presence";
  count: number;
  joined: ParticipantInfo[];
  left: string[];
}

/** What `person` publishes has changed, or their connections. In rooms of more than 100 only for people on stage. */
export interface PersonChanged {
  ev: "person";
  person: ParticipantInfo;
}

/** To hosts: who is in the waiting room. */
export interface LobbyChanged {
  ev: "lobby";
  waiting: PersonRef[];
}

/** A host mutes the receiver: the client turns its microphone off. Only its owner turns it on again. */
export interface MuteRequested {
  ev: "mute.requested";
  by: PersonRef;
}

/** Mesh: an SDP description or ICE candidate from the connection `sender`. */
export interface Signal {
  ev: "signal";
  from: string;
  person: string;
  description: object | null;
  candidate: object | null;
}

/** The reactions to the message with the id `message` have changed; at most one event in 200 ms for each. */
export interface ChatReactions {
  ev: "chat.reactions";
  message: number;
  reactions: ReactionTally;
}

/** To the connections of the person who has reacted (`on`), or taken a reaction back. */
export interface ChatReacted {
  ev: "chat.reacted";
  message: number;
  reaction: "applause" | "thumbs_up" | "heart" | "laugh" | "surprise";
  on: boolean;
}

/** The number of upvotes; at most five such events a second for a question. */
export interface QuestionVoted {
  ev: "question.voted";
  id: string;
  votes: number;
}

/** The votes of an open poll so far, some times a second: to everybody if its results are `live`, else to hosts. */
export interface PollTally {
  ev: "poll.tally";
  poll: string;
  voters: number;
  results: PollResult[];
}

/** To hosts: how many have voted in an open poll, and how many in the room have not. */
export interface PollTurnout {
  ev: "poll.turnout";
  poll: string;
  voters: number;
  not_voted: number;
}

/** To one person: they have voted in this poll on another connection. */
export interface PollVoted {
  ev: "poll.voted";
  poll: string;
}

/** All polls anew: the room has another meeting now. */
export interface Polls {
  ev: "polls";
  polls: PollInfo[];
  more_polls: boolean;
}

/** To one person: a host has given them the floor. */
export interface FloorGiven {
  ev: "floor.given";
  by: PersonRef;
}

/** How many of each reaction were sent since the last such event; at most one event a second. */
export interface Reactions {
  ev: "reactions";
  counts: Record<string, number>;
}

/** `person` is typing. `edits` lead from the version before to this one; a `text` replaces what was known. */
export interface RttTyping {
  ev: "rtt.typing";
  person: PersonRef;
  text_id: string;
  version: number;
  edits?: Edit[];
  text?: string | null;
  language?: string | null;
}

/** Where the speaker points, at most a few times a second; null when they do not any more. */
export interface SlidesPointed {
  ev: "slides.pointed";
  x: number | null;
  y: number | null;
}

/** The whole agenda anew: the room has another meeting now. */
export interface Agenda {
  ev: "agenda";
  agenda: AgendaItemInfo[];
}

/** All of them anew: the room has another meeting now. */
export interface Resources {
  ev: "resources";
  resources: ResourceInfo[];
}

/** All channels anew: the room has another meeting now. */
export interface Interpretation {
  ev: "interpretation";
  interpretation: InterpretationChannelInfo[];
}

/** To those who follow the document: an update. `number` grows by one with each; after a gap, open it again. */
export interface NotesUpdated {
  ev: "notes.updated";
  document: string;
  number: number;
  update: string | null;
}

/** To those who follow the document, a few times a second: the cursors that have moved. */
export interface NotesCursors {
  ev: "notes.cursors";
  document: string;
  cursors: Cursor[];
}

/** To those who follow the document: something may have been missed, so open it again. */
export interface NotesStale {
  ev: "notes.stale";
  document: string;
}

/** A project room has another meeting: whether its notes are shown to attendees. */
export interface Notes {
  ev: "notes";
  notes_shown: boolean;
}

/** To hosts: the meeting will end by itself at `closes_at`; `meeting.extend` prevents it. */
export interface MeetingClosing {
  ev: "meeting.closing";
  closes_at: string;
}

/** Decisions or actions of the project have changed. It says no more: people from outside may be in the room. */
export interface ProjectChanged {
  ev: "project.changed";
}

export type DurableEvent =
  | RoomLocked
  | StageJoined
  | StageOrdered
  | StageLeft
  | StageSpotlighted
  | ChatMessage
  | ChatEdited
  | ChatDeleted
  | ChatPinned
  | ChatUnpinned
  | ChatConfigured
  | QuestionAsked
  | QuestionChanged
  | QuestionAnswered
  | QuestionDismissed
  | QuestionMerged
  | QuestionDeleted
  | QuestionDetailed
  | QuestionOwn
  | QuestionsConfigured
  | PollPrepared
  | PollDeleted
  | PollOpened
  | PollClosed
  | PollCounted
  | PollShared
  | HandRaised
  | HandLowered
  | TimerStarted
  | TimerStopped
  | RttCommitted
  | RttCorrected
  | RttDeleted
  | SlidesShown
  | SlidesTurned
  | SlidesHidden
  | SlidesDeck
  | BreakoutsPrepared
  | BreakoutsOpened
  | BreakoutsMoved
  | BreakoutRenamed
  | BreakoutsExtended
  | BreakoutsClosed
  | BreakoutAnnounced
  | BreakoutHelpChanged
  | AgendaChanged
  | AgendaMoved
  | ResourceShared
  | ResourceChanged
  | ResourceRemoved
  | InterpretationOpened
  | InterpretationClosed
  | InterpretationChanged
  | PremiereChanged
  | PremiereStopped
  | NotesShown
  | MeetingStarted
  | MeetingEnded
  | MeetingExtended
  | MeetingMoved
  | MeetingWaitingRoom
  | MeetingCancelled
  | RecordingStarted
  | RecordingStopped
  | RecordingSkipped;

export type EphemeralEvent =
  | Welcome
  | Admitted
  | YouChanged
  | Withheld
  | Resync
  | GoingAway
  | PresenceChanged
  | PersonChanged
  | LobbyChanged
  | MuteRequested
  | Signal
  | ChatReactions
  | ChatReacted
  | QuestionVoted
  | PollTally
  | PollTurnout
  | PollVoted
  | Polls
  | FloorGiven
  | Reactions
  | RttTyping
  | SlidesPointed
  | Agenda
  | Resources
  | Interpretation
  | NotesUpdated
  | NotesCursors
  | NotesStale
  | Notes
  | MeetingClosing
  | ProjectChanged;

export type RoomEvent = DurableEvent | EphemeralEvent;

/** Keeps the connection alive. The reply carries the server's time in `at`. */
export interface Ping {
  do: "ping";
}

/** Durable events after `seq`, in the reply's `missed`; `complete` is false when there are more. */
export interface Since {
  do: "since";
  seq: number;
}

/** A page of 50 people in the room, by name; the reply carries `people`, `total` and `next` (or null). */
export interface PeopleList {
  do: "people.list";
  after?: string | null;
  query?: string;
}

/** Gives `person` this role in the meeting, or with `attendee` takes their role back. Hosts only. */
export interface PeopleAppoint {
  do: "people.appoint";
  person: string;
  role: "co_host" | "speaker" | "interpreter" | "captioner" | "attendee";
}

/** Admits `person`, everybody of a `company`, or with `all` everybody, from the waiting room. Hosts only. */
export interface LobbyAdmit {
  do: "lobby.admit";
  person?: string | null;
  company?: string | null;
  all?: boolean;
}

/** Denies `person` for good. Hosts only. */
export interface LobbyDeny {
  do: "lobby.deny";
  person: string;
}

/** Turns the waiting room on or off: `meeting.waiting_room` follows. Hosts only. */
export interface LobbySet {
  do: "lobby.set";
  on: boolean;
}

/** Who was denied or removed, by name, at most 100: the reply carries `people`. Hosts only. */
export interface LobbyTurnedAway {
  do: "lobby.turned_away";
}

/** Lets `person`, who was denied or removed, come to this room again, as everybody else does. Hosts only. */
export interface LobbyReadmit {
  do: "lobby.readmit";
  person: string;
}

/** Locks the room: nobody new gets in; who was inside stays, and may reconnect. Hosts only. */
export interface RoomLock {
  do: "room.lock";
}

/** Unlocks the room. It is unlocked by itself when the meeting ends. Hosts only. */
export interface RoomUnlock {
  do: "room.unlock";
}

/** Brings `person` on stage: they may publish audio and video. Hosts only. */
export interface StageInvite {
  do: "stage.invite";
  person: string;
}

/** Leaves the stage. */
export interface StageLeave {
  do: "stage.leave";
}

/** Mutes `person`, or with `all` everybody but the hosts. Their clients do it without asking. Hosts only. */
export interface StageMute {
  do: "stage.mute";
  person?: string | null;
  all?: boolean;
}

/** Removes `person` from the stage, or with `from_room` from the room for good. Hosts only. */
export interface StageRemove {
  do: "stage.remove";
  person: string;
  from_room?: boolean;
}

/** Shows `person`, who is on stage, large to everybody, or with null nobody any more. Hosts only. */
export interface StageSpotlight {
  do: "stage.spotlight";
  person: string | null;
}

/** Puts `person` at this place on the stage, counted from 0: everybody sees the people in this order. Hosts only. */
export interface StageMove {
  do: "stage.move";
  person: string;
  place: number;
}

/** Mesh: sends an SDP description or ICE candidate (RFC 8829, RFC 8839) to the connection `to`. */
export interface SignalSend {
  do: "signal.send";
  to: string;
  description?: object | null;
  candidate?: object | null;
}

/** Announces what this client publishes now, so that others can show it. */
export interface MediaState {
  do: "media.state";
  microphone: boolean;
  camera: boolean;
  screen?: boolean;
}

/** How media arrived in the last `seconds`, a minute or so: packets, bytes, and the longest jitter and round trip. */
export interface MediaReport {
  do: "media.report";
  seconds: number;
  received: number;
  lost: number;
  bytes_received: number;
  jitter_ms: number;
  round_trip_ms: number;
  weak_seconds?: number;
  poor_seconds?: number;
  far_seconds?: number;
  missing_seconds?: number;
  away_seconds?: number;
  relayed?: boolean | null;
}

/** SFU: the reply carries `url` and `token` for the media server. */
export interface MediaToken {
  do: "media.token";
}

/** Sends a message; the reply carries its id in `message`. */
export interface ChatSend {
  do: "chat.send";
  text: string;
  client_id?: string | null;
  to?: string;
  reply_to?: number | null;
}

/** A page of earlier messages: the newest `before` this id, oldest first, in the reply's `messages`. */
export interface ChatList {
  do: "chat.list";
  before: number;
}

/** The newest messages with all words of `query`, before the id `before`, newest first, in the reply's `messages`. */
export interface ChatSearch {
  do: "chat.search";
  query: string;
  before?: number | null;
}

/** Changes the text of an own message during the meeting in which it was sent. */
export interface ChatEdit {
  do: "chat.edit";
  message: number;
  text: string;
}

/** Deletes a message: authors their own, hosts any that they see. `message` is its id. */
export interface ChatDelete {
  do: "chat.delete";
  message: number;
}

/** Shows a held message to everybody: it comes as a new `chat.message`, whose id the reply carries. Hosts only. */
export interface ChatApprove {
  do: "chat.approve";
  message: number;
}

/** Pins a message that everybody sees above the chat, or with `on` false unpins it. At most three. Hosts only. */
export interface ChatPin {
  do: "chat.pin";
  message: number;
  on?: boolean;
}

/** Reacts to a message that everybody sees, or with `on` false takes the reaction back. */
export interface ChatReact {
  do: "chat.react";
  message: number;
  reaction: "applause" | "thumbs_up" | "heart" | "laugh" | "surprise";
  on?: boolean;
}

/** Changes those settings of the chat that are given; see `ChatSwitches`. Hosts only. */
export interface ChatConfigure {
  do: "chat.configure";
  on?: boolean | null;
  private?: "everybody" | "hosts" | "nobody" | null;
  moderated?: boolean | null;
  slow_seconds?: 0 | 10 | 30 | 60 | null;
}

/** Asks a question; the reply carries its id in `question`. */
export interface QuestionAsk {
  do: "question.ask";
  text: string;
  anonymous?: boolean;
  hidden_from?: "attendees" | "everyone" | null;
  language?: string | null;
  client_id?: string | null;
}

/** Changes the text of an own question that is not answered yet. A moderated room holds it again. */
export interface QuestionEdit {
  do: "question.edit";
  question: string;
  text: string;
}

/** Deletes an own question that is not answered yet. */
export interface QuestionDelete {
  do: "question.delete";
  question: string;
}

/** Upvotes a question, or with `up` false takes the upvote back. Once a person; again changes nothing. */
export interface QuestionVote {
  do: "question.vote";
  question: string;
  up: boolean;
}

/** A page of questions that the receiver may see, newest first, in the reply's `questions`. */
export interface QuestionList {
  do: "question.list";
  before?: number | null;
}

/** Shows a held question to everybody, or reopens one that was dismissed or answered. Hosts only. */
export interface QuestionApprove {
  do: "question.approve";
  question: string;
}

/** Shows on the stage that this question is being answered, or with `on` false that it is not any more. */
export interface QuestionAnswering {
  do: "question.answering";
  question: string;
  on: boolean;
}

/** Answers in writing with `text`; without it the question was answered aloud. */
export interface QuestionAnswer {
  do: "question.answer";
  question: string;
  text?: string | null;
  private?: boolean;
}

/** Dismisses a question. The asker and the hosts see `reason`. Hosts only. */
export interface QuestionDismiss {
  do: "question.dismiss";
  question: string;
  reason?: string;
}

/** Merges a question into another that asks the same: the upvotes are united, one a person. Hosts only. */
export interface QuestionMerge {
  do: "question.merge";
  question: string;
  into: string;
}

/** Pins a question to the top of the list, or with `on` false unpins it. Hosts only. */
export interface QuestionPin {
  do: "question.pin";
  question: string;
  on: boolean;
}

/** Assigns a question to somebody in the room who has a role or is on stage, or with null to nobody. Hosts only. */
export interface QuestionAssign {
  do: "question.assign";
  question: string;
  person: string | null;
}

/** Writes the question in another language, for readers of that language. Speakers, interpreters and hosts. */
export interface QuestionTranslate {
  do: "question.translate";
  question: string;
  language: string;
  text: string;
}

/** Changes the settings that are given. Hosts only. */
export interface QuestionConfigure {
  do: "question.configure";
  is_open?: boolean | null;
  is_moderated?: boolean | null;
  anonymity?: "no" | "attendees" | "everyone" | null;
  has_upvotes?: boolean | null;
}

/** Prepares a poll; the reply carries its id in `poll`. Hosts only. */
export interface PollCreate {
  do: "poll.create";
  kind: "single" | "multiple" | "rating" | "words" | "ranking" | "quiz";
  title: string | Record<string, string>;
  options?: (string | Record<string, string>)[];
  anonymous?: boolean;
  results?: "live" | "held" | "hosts";
  most?: number | null;
  right?: number[];
  on_page?: boolean;
}

/** Replaces the content of a prepared poll. Hosts only. */
export interface PollEdit {
  do: "poll.edit";
  kind: "single" | "multiple" | "rating" | "words" | "ranking" | "quiz";
  title: string | Record<string, string>;
  options?: (string | Record<string, string>)[];
  anonymous?: boolean;
  results?: "live" | "held" | "hosts";
  most?: number | null;
  right?: number[];
  on_page?: boolean;
  poll: string;
}

/** Deletes a prepared poll. Hosts only. */
export interface PollDelete {
  do: "poll.delete";
  poll: string;
}

/** Opens a prepared poll: everybody may vote. A room has one open poll at a time. Hosts only. */
export interface PollOpen {
  do: "poll.open";
  poll: string;
}

/** Ends the voting. With `share`, or if the results are `live`, everybody gets them. Hosts only. */
export interface PollClose {
  do: "poll.close";
  poll: string;
  share?: boolean;
}

/** Shares the results of a closed poll, or of an open one with `live` results; with `on_stage` over the stage, too. */
export interface PollShare {
  do: "poll.share";
  poll: string;
  on_stage?: boolean;
}

/** Votes, once: for one option, in a `multiple` for several, in a `ranking` for the best first; or with a `text`. */
export interface PollVote {
  do: "poll.vote";
  poll: string;
  choices?: number[];
  text?: string;
}

/** A page of polls of this meeting, newest first: the reply carries `polls` and `next` (or null). */
export interface PollList {
  do: "poll.list";
  after?: string | null;
}

/** Raises the own hand. */
export interface HandRaise {
  do: "hand.raise";
}

/** Lowers the own hand, or for a host that of `person`. */
export interface HandLower {
  do: "hand.lower";
  person?: string | null;
}

/** Gives `person` the floor: lowers their hand, in a webinar brings them on stage, and asks them to speak. */
export interface HandGiveFloor {
  do: "hand.give_floor";
  person: string;
}

/** Sends a reaction. */
export interface ReactionSend {
  do: "reaction.send";
  reaction: "applause" | "thumbs_up" | "heart" | "laugh" | "surprise";
}

/** Starts a timer that everybody sees, perhaps of `person`; it replaces one that runs. Hosts only. */
export interface TimerStart {
  do: "timer.start";
  seconds: number;
  label?: string;
  person?: string | null;
}

/** Takes the timer away. Hosts only. */
export interface TimerStop {
  do: "timer.stop";
}

/** Shows what is being typed: `edits` of the text with this id, in their order, or the whole `text`. */
export interface RttType {
  do: "rtt.type";
  text_id: string;
  version: number;
  edits?: Edit[];
  text?: string | null;
  language?: string | null;
}

/** Ends a line: it is kept, and everybody gets it as `rtt.committed`. The reply carries its number in `line`. */
export interface RttCommit {
  do: "rtt.commit";
  text_id: string;
  text: string;
  language?: string | null;
}

/** Puts another `text` in the place of a kept line: captioners, their own. `line` is its number. */
export interface RttCorrect {
  do: "rtt.correct";
  line: number;
  text: string;
}

/** Deletes a kept line for good: authors their own, hosts any. `line` is its number. */
export interface RttDelete {
  do: "rtt.delete";
  line: number;
}

/** A page of earlier lines: the newest `before` this number, oldest first, in the reply's `lines`. */
export interface RttList {
  do: "rtt.list";
  before: number;
}

/** The slides of this meeting, newest first: the reply carries `decks`. Hosts and speakers only. */
export interface SlidesList {
  do: "slides.list";
}

/** Shows a deck to everybody, in the place of another. Hosts and speakers only. */
export interface SlidesShow {
  do: "slides.show";
  deck: string;
  page?: number;
}

/** Turns to this page of the deck that is shown. Hosts and speakers only. */
export interface SlidesTurn {
  do: "slides.turn";
  page: number;
}

/** Takes the slides off the stage. Hosts and speakers only. */
export interface SlidesHide {
  do: "slides.hide";
}

/** Points at a place of the page, as shares of its width and height; without both the pointer goes. */
export interface SlidesPoint {
  do: "slides.point";
  x?: number | null;
  y?: number | null;
}

/** A page with its text and the speaker's notes: the reply carries `page`. Hosts and speakers only. */
export interface SlidesPage {
  do: "slides.page";
  deck: string;
  page: number;
}

/** Writes the speaker's notes of a page. Hosts and speakers only. */
export interface SlidesNote {
  do: "slides.note";
  deck: string;
  page: number;
  notes: string;
}

/** Prepares a breakout room for each of `names`, in the place of those prepared before. Hosts only. */
export interface BreakoutPrepare {
  do: "breakout.prepare";
  names: string[];
  assign?: "random" | "companies" | "countries" | "list" | "choice";
  minutes?: number | null;
}

/** Opens the prepared breakout rooms, or with `rooms` that many new ones. Hosts only. */
export interface BreakoutOpen {
  do: "breakout.open";
  rooms?: number | null;
  assign?: "random" | "companies" | "countries" | "list" | "choice";
  minutes?: number | null;
}

/** Assigns `person` to `room`, before or while the breakout rooms are open; with null to none. Hosts only. */
export interface BreakoutMove {
  do: "breakout.move";
  person: string;
  room: string | null;
}

/** Gives the group in `room` another name, or with an empty one that of its number. Hosts only. */
export interface BreakoutRename {
  do: "breakout.rename";
  room: string;
  name: string;
}

/** The open breakout rooms close so many `minutes` from now, or with null only when a host does it. Hosts only. */
export interface BreakoutExtend {
  do: "breakout.extend";
  minutes: number | null;
}

/** Closes the breakout rooms: everybody comes back. Prepared ones are discarded. Hosts only. */
export interface BreakoutClose {
  do: "breakout.close";
}

/** Writes a message to everybody, in whichever group. Hosts only. */
export interface BreakoutAnnounce {
  do: "breakout.announce";
  text: string;
}

/** A ticket to a breakout room: the reply carries `room`, `ticket`, `url` and `expires_in`. */
export interface BreakoutJoin {
  do: "breakout.join";
  room?: string | null;
}

/** Comes back from a breakout room to the main room. The group stays one's own. */
export interface BreakoutLeave {
  do: "breakout.leave";
}

/** Who is in the group of `room`, or without it everybody in the meeting but the hosts: a page by name. */
export interface BreakoutPeople {
  do: "breakout.people";
  room?: string | null;
  after?: string | null;
}

/** Asks the hosts to come to the own group; `on` false takes it back. */
export interface BreakoutHelp {
  do: "breakout.help";
  on?: boolean;
}

/** Makes this item the current one; the one before is done. Hosts only. */
export interface AgendaGoto {
  do: "agenda.goto";
  item: string;
}

/** Goes on to the next item, or starts with the first. Hosts only. */
export interface AgendaNext {
  do: "agenda.next";
  after?: string | null;
}

/** The current item is done, and none follows. Hosts only. */
export interface AgendaEnd {
  do: "agenda.end";
}

/** Adds an item at the end; the reply carries its id in `item`. Hosts only. */
export interface AgendaAdd {
  do: "agenda.add";
  content: AgendaItemContent;
}

/** Replaces what an item says; it stays current or done. Hosts only. */
export interface AgendaChange {
  do: "agenda.change";
  item: string;
  content: AgendaItemContent;
  before?: AgendaItemContent | null;
}

/** Moves an item one place up or down; the first and the last stay where they are. Hosts only. */
export interface AgendaReorder {
  do: "agenda.reorder";
  item: string;
  up: boolean;
}

/** Removes an item; if it is current, none is. Hosts only. */
export interface AgendaRemove {
  do: "agenda.remove";
  item: string;
}

/** Gives a link to everybody; the reply carries its id in `resource`. Hosts and speakers only. */
export interface ResourceShare {
  do: "resource.share";
  title: string;
  url: string;
}

/** Takes a link or a document away, from the meeting's page, too. Hosts and speakers only. */
export interface ResourceRemove {
  do: "resource.remove";
  resource: string;
}

/** Opens the channel of a language; one that is open stays open. Hosts only. */
export interface InterpretationOpen {
  do: "interpretation.open";
  language: string;
}

/** Closes the channel of a language: its interpreters are no longer heard. Hosts only. */
export interface InterpretationClose {
  do: "interpretation.close";
  language: string;
}

/** Gives an interpreter a channel, or with `language` null takes theirs. Hosts only. */
export interface InterpretationAssign {
  do: "interpretation.assign";
  person: string;
  language: string | null;
}

/** Takes a channel, leaving another: on air if nobody else of the channel is, or who is has left the room. */
export interface InterpretationTake {
  do: "interpretation.take";
  language: string;
}

/** Asks another interpreter of the channel to take over; null takes the question back. Who is on air only. */
export interface InterpretationOffer {
  do: "interpretation.offer";
  person: string | null;
}

/** Takes over, when asked to: from this moment the sender is heard, and who was on air is not. */
export interface InterpretationAccept {
  do: "interpretation.accept";
}

/** Leaves the channel: the microphone is heard by everybody again, once it is turned on. */
export interface InterpretationLeave {
  do: "interpretation.leave";
}

/** The films chosen for this meeting: the reply carries `films`. Hosts only. */
export interface PremiereFilms {
  do: "premiere.films";
}

/** Plays a film to everybody from its beginning, in the place of another. Hosts only. */
export interface PremiereStart {
  do: "premiere.start";
  film: string;
}

/** The film goes on, from this second or from where it is. Hosts only. */
export interface PremierePlay {
  do: "premiere.play";
  position?: number | null;
}

/** The film stands still, at this second or where it is. Hosts only. */
export interface PremierePause {
  do: "premiere.pause";
  position?: number | null;
}

/** Takes the film off the stage. Hosts only. */
export interface PremiereStop {
  do: "premiere.stop";
}

/** Where this connection may read the film on the stage: the reply carries `file` and `captions`. */
export interface PremiereFile {
  do: "premiere.file";
}

/** The documents of this room, in the reply's `documents`: for members of a project room all, else the meeting's. */
export interface NotesList {
  do: "notes.list";
}

/** Follows a document from now on, and gets what it contains that `vector`, a state vector of Yjs, does not. */
export interface NotesOpen {
  do: "notes.open";
  document: string;
  vector?: string;
  offset?: number;
}

/** Follows a document no longer. */
export interface NotesClose {
  do: "notes.close";
  document: string;
}

/** Writes in an open document: stored before the reply, which carries the update's number. */
export interface NotesUpdate {
  do: "notes.update";
  document: string;
  client: number;
  update: string;
  more?: boolean;
}

/** Shows the others where one's cursor is in an open document; without a `cursor` it is nowhere. */
export interface NotesCursor {
  do: "notes.cursor";
  document: string;
  client: number;
  cursor?: Selection | null;
}

/** The names of people who can be mentioned: those with these `ids`, or with `query` those whose name has it. */
export interface NotesNames {
  do: "notes.names";
  ids?: string[];
  query?: string;
}

/** Shows the meeting's notes to attendees of a webinar, or hides them again. Hosts only. */
export interface NotesShow {
  do: "notes.show";
  on: boolean;
}

/** Starts the meeting. Hosts only. */
export interface MeetingStart {
  do: "meeting.start";
}

/** Ends the meeting for everybody. Hosts only. */
export interface MeetingEnd {
  do: "meeting.end";
}

/** Extends the meeting, before it ends by itself. Hosts only. */
export interface MeetingExtend {
  do: "meeting.extend";
  minutes: 15 | 30 | 60;
}

/** Makes `person`, who needs an account, the host; who was it becomes a co-host. The host alone, or the secretariat. */
export interface MeetingHandOver {
  do: "meeting.hand_over";
  person: string;
}

/** Starts a recording in this browser; the reply carries `recording` and `upload` (a tus URL). Hosts only. */
export interface RecordingStart {
  do: "recording.start";
}

/** Stops the recording of this room. Hosts only. */
export interface RecordingStop {
  do: "recording.stop";
}

/** The announced recording is not made: it is not planned any more. Hosts only. */
export interface RecordingSkip {
  do: "recording.skip";
}

export type Command =
  | Ping
  | Since
  | PeopleList
  | PeopleAppoint
  | LobbyAdmit
  | LobbyDeny
  | LobbySet
  | LobbyTurnedAway
  | LobbyReadmit
  | RoomLock
  | RoomUnlock
  | StageInvite
  | StageLeave
  | StageMute
  | StageRemove
  | StageSpotlight
  | StageMove
  | SignalSend
  | MediaState
  | MediaReport
  | MediaToken
  | ChatSend
  | ChatList
  | ChatSearch
  | ChatEdit
  | ChatDelete
  | ChatApprove
  | ChatPin
  | ChatReact
  | ChatConfigure
  | QuestionAsk
  | QuestionEdit
  | QuestionDelete
  | QuestionVote
  | QuestionList
  | QuestionApprove
  | QuestionAnswering
  | QuestionAnswer
  | QuestionDismiss
  | QuestionMerge
  | QuestionPin
  | QuestionAssign
  | QuestionTranslate
  | QuestionConfigure
  | PollCreate
  | PollEdit
  | PollDelete
  | PollOpen
  | PollClose
  | PollShare
  | PollVote
  | PollList
  | HandRaise
  | HandLower
  | HandGiveFloor
  | ReactionSend
  | TimerStart
  | TimerStop
  | RttType
  | RttCommit
  | RttCorrect
  | RttDelete
  | RttList
  | SlidesList
  | SlidesShow
  | SlidesTurn
  | SlidesHide
  | SlidesPoint
  | SlidesPage
  | SlidesNote
  | BreakoutPrepare
  | BreakoutOpen
  | BreakoutMove
  | BreakoutRename
  | BreakoutExtend
  | BreakoutClose
  | BreakoutAnnounce
  | BreakoutJoin
  | BreakoutLeave
  | BreakoutPeople
  | BreakoutHelp
  | AgendaGoto
  | AgendaNext
  | AgendaEnd
  | AgendaAdd
  | AgendaChange
  | AgendaReorder
  | AgendaRemove
  | ResourceShare
  | ResourceRemove
  | InterpretationOpen
  | InterpretationClose
  | InterpretationAssign
  | InterpretationTake
  | InterpretationOffer
  | InterpretationAccept
  | InterpretationLeave
  | PremiereFilms
  | PremiereStart
  | PremierePlay
  | PremierePause
  | PremiereStop
  | PremiereFile
  | NotesList
  | NotesOpen
  | NotesClose
  | NotesUpdate
  | NotesCursor
  | NotesNames
  | NotesShow
  | MeetingStart
  | MeetingEnd
  | MeetingExtend
  | MeetingHandOver
  | RecordingStart
  | RecordingStop
  | RecordingSkip;

export type ErrorCode = "bad_frame" | "unknown_command" | "bad_field" | "not_allowed" | "not_found" | "not_now" | "already_voted" | "closed" | "too_fast" | "unavailable";

export interface Reply {
  re: number;
  ok?: boolean;
  error?: ErrorCode;
  detail?: string;
  [more: string]: unknown;
}

/** Close codes that mean: do not reconnect. With any other the client may. */
export const CLOSE = { badFrames: 4400, noEntry: 4401, signedOut: 4402, removed: 4403, breakoutOver: 4410, locked: 4423, tooFast: 4429 } as const;
