// Written by `manage.py write_live_protocol` from the registered live features: change it there.

/** An answer in writing, or `aloud`, or both. `at` is when it began to be heard, else when it was written. */
export interface AnswerInfo {
  text: string;
  aloud: boolean;
  by: string;
  at: string;
}

/** What hosts have chosen for the chat. */
export interface ChatSwitches {
  on: boolean;
  private: "everybody" | "hosts" | "nobody";
  moderated: boolean;
  slow_seconds: 0 | 10 | 30 | 60;
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
}

/** What only the receiver sees. Each feature that has something adds its fields. */
export interface Own {
  ballots: OwnBallot[];
  own_questions: string[];
  upvoted_questions: string[];
  own_messages: Message[];
  own_messages_after: number;
}

/** A poll in which the receiver has voted; of an anonymous one not even they get what they chose. */
export interface OwnBallot {
  poll: string;
  choices: number[];
  text: string;
}

/** A person in the room, with what they publish. `connections` are those that `signal.send` may address. */
export interface ParticipantInfo {
  id: string;
  name: string;
  company: string;
  role: "host" | "co_host" | "speaker" | "interpreter" | "attendee";
  on_stage: boolean;
  hand_raised_at: string | null;
  microphone: boolean;
  camera: boolean;
  screen: boolean;
  connections: string[];
}

/** A person as others see them. `id` is stable within the room. */
export interface PersonRef {
  id: string;
  name: string;
  company: string;
  role: "host" | "co_host" | "speaker" | "interpreter" | "attendee";
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

/** The room: its meeting and state, whether it is recorded, and how audio and video are sent. */
export interface RoomInfo {
  id: string;
  kind: "meeting" | "project";
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
  role: "host" | "co_host" | "speaker" | "interpreter" | "attendee";
  on_stage: boolean;
  hand_raised_at: string | null;
  microphone: boolean;
  camera: boolean;
  screen: boolean;
  connections: string[];
  connection: string;
  admission: "waiting" | "admitted";
  may: string[];
}

/** The present state of the room. Each feature adds its fields. */
export interface Snapshot {
  timer: Timer | null;
  messages: Message[];
  earlier: boolean;
  pinned: Message[];
  chat: ChatSwitches;
  hands: ParticipantInfo[];
  polls: PollInfo[];
  more_polls: boolean;
  questions: QuestionInfo[];
  more_questions: boolean;
  question_details: QuestionDetails[];
  question_settings: QuestionSettingsInfo;
  stage: ParticipantInfo[];
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

/** To hosts: the meeting will end by itself at `closes_at`; `meeting.extend` prevents it. */
export interface MeetingClosing {
  ev: "meeting.closing";
  closes_at: string;
}

export type DurableEvent =
  | RoomLocked
  | StageJoined
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
  | QuestionVoted
  | PollTally
  | PollTurnout
  | PollVoted
  | Polls
  | FloorGiven
  | Reactions
  | MeetingClosing;

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
  role: "co_host" | "speaker" | "interpreter" | "attendee";
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
  | SignalSend
  | MediaState
  | MediaToken
  | ChatSend
  | ChatList
  | ChatSearch
  | ChatEdit
  | ChatDelete
  | ChatApprove
  | ChatPin
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
export const CLOSE = { badFrames: 4400, noEntry: 4401, signedOut: 4402, removed: 4403, locked: 4423, tooFast: 4429 } as const;
