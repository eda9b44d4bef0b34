import { beforeEach, describe, expect, it } from "vitest";
import { LinkQuality, totalsOf } from "../src/room/link-quality";

let link: LinkQuality;
let now: number;
let received: number;
let lost: number;

/** `times` looks, two seconds apart, with this share of packets lost. */
function looks(times: number, loss: number, roundTrip = 0.05): void {
  for (let time = 0; time < times; time += 1) {
    now += 2_000;
    received += Math.round(100 * (1 - loss));
    lost += Math.round(100 * loss);
    link.look(now, new Map([["one", { received, lost, roundTrip }]]));
  }
}

beforeEach(() => {
  link = new LinkQuality();
  [now, received, lost] = [0, 0, 0];
});

describe("the level", () => {
  it("changes after three bad looks in a row, not after one", () => {
    looks(3, 0);
    looks(2, 0.3);
    looks(1, 0);
    expect(link.level).toBe("good");
    looks(3, 0.3);
    expect(link.level).toBe("poor");
  });

  it("is weak with some loss or a long way, and needs longer to get better", () => {
    looks(4, 0.06);
    expect(link.level).toBe("weak");
    looks(4, 0);
    expect(link.level).toBe("weak");
    looks(1, 0);
    expect(link.level).toBe("good");
    looks(9, 0, 3);
    expect(link.level).toBe("weak");
  });

  it("does not change when nothing is received, or counts begin anew", () => {
    looks(3, 0);
    for (let look = 0; look < 9; look += 1) link.look((now += 2_000), new Map([["one", { received, lost, roundTrip: 2 }]]));
    expect(link.level).toBe("good");
    for (let anew = 1; anew < 6; anew += 1) link.look((now += 2_000), new Map([["one", { received: 200 - anew, lost: 900 * anew, roundTrip: 0 }]]));
    expect(link.level).toBe("good");
  });
});

describe("of several senders", () => {
  /** Nine looks; the share that is lost of what each of them sends. */
  const from = (...losses: number[]): void => {
    for (let look = 1; look < 10; look += 1) link.look((now += 2_000), new Map(losses.map((loss, place) => [String(place), { received: look * Math.round(100 * (1 - loss)), lost: look * Math.round(100 * loss), roundTrip: null }])));
  };

  it("one whose own upload is bad is not told to the others as their bad connection", () => {
    from(0.3, 0);
    expect([link.level, link.arePicturesPaused]).toEqual(["good", false]);
    from(0.3, 0, 0);
    expect([link.level, link.arePicturesPaused]).toEqual(["good", false]);
  });

  it("most tell how it is", () => {
    from(0.3, 0.3, 0);
    expect([link.level, link.arePicturesPaused]).toEqual(["poor", true]);
  });
});

it("loses packets, or has only a long way", () => {
  looks(4, 0, 0.5);
  expect([link.level, link.losesPackets]).toEqual(["weak", false]);
  looks(4, 0.06, 0.5);
  expect([link.level, link.losesPackets]).toEqual(["weak", true]);
});

describe("pictures of others", () => {
  it("are given up on a poor connection, and come back twenty seconds after it was no longer poor", () => {
    looks(5, 0.06);
    expect(link.arePicturesPaused).toBe(false);
    looks(4, 0.3);
    expect(link.arePicturesPaused).toBe(true);
    looks(14, 0);
    expect(link.arePicturesPaused).toBe(true);
    looks(1, 0);
    expect(link.arePicturesPaused).toBe(false);
  });

  it("wait twice as long when they came back too early", () => {
    looks(4, 0.3);
    looks(15, 0);
    looks(4, 0.3);
    expect(link.arePicturesPaused).toBe(true);
    looks(20, 0);
    expect(link.arePicturesPaused).toBe(true);
    looks(6, 0);
    expect(link.arePicturesPaused).toBe(false);
  });

  it("are tried again when nobody speaks, so that nothing arrives", () => {
    looks(4, 0.3);
    for (let look = 0; look < 16; look += 1) link.look((now += 2_000), new Map([["one", { received, lost, roundTrip: null }]]));
    expect(link.arePicturesPaused).toBe(false);
  });

  it("stay for two minutes for who insists", () => {
    looks(4, 0.3);
    link.insist(now);
    looks(50, 0.3);
    expect(link.arePicturesPaused).toBe(false);
    looks(20, 0.3);
    expect(link.arePicturesPaused).toBe(true);
  });
});

it("adds up what the tracks of one sender received, with the longest way", () => {
  const report = (...stats: object[]): RTCStatsReport => new Map(stats.map((one, place) => [String(place), one]));
  const one = report({ type: "inbound-rtp", packetsReceived: 10, packetsLost: 1, bytesReceived: 900, jitter: 0.01 }, { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.2 }, { type: "candidate-pair", nominated: false, currentRoundTripTime: 9 });
  const other = report({ type: "inbound-rtp", packetsReceived: 5, bytesReceived: 100, jitter: 0.03 }, { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.1, localCandidateId: "2" }, { type: "local-candidate", candidateType: "host" });
  expect(totalsOf([one, other])).toEqual({ received: 15, lost: 1, roundTrip: 0.2, bytes: 1000, jitter: 0.03, isRelayed: false });
  const relayed = report({ type: "candidate-pair", nominated: true, remoteCandidateId: "1" }, { type: "remote-candidate", candidateType: "relay" });
  expect(totalsOf([other, relayed]).isRelayed).toBe(true);
});
