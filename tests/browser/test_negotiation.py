"""Several peers of the mesh in one page, with real RTCPeerConnections: media arrives for any order of the signals."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tools import node

ROOT = Path(__file__).resolve().parents[2]
BUILD = """
const vite = await import("vite");
const [bundle] = [await vite.build({
  configFile: false, root: "frontend", logLevel: "error",
  build: { write: false, minify: false, lib: { entry: "src/room/mesh.ts", formats: ["iife"], name: "room" } },
})].flat();
process.stdout.write(bundle.output[0].code);
"""
# `pace` returns the milliseconds of delay of each signal; signals of one direction never overtake each other.
# `together` delays the host's answer until its next offer, and delivers both in one task.
HARNESS = """
() => {
  const picture = () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [160, 90];
    const context = canvas.getContext("2d");
    setInterval(() => {
      context.fillStyle = `hsl(${Math.random() * 360} 80% 50%)`;
      context.fillRect(0, 0, 160, 90);
    }, 60);
    return canvas.captureStream(15).getVideoTracks()[0];
  };
  const track = picture();
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  function connect(one, other, { pace = () => 0, together = false, loses = () => false } = {}) {
    const ends = {};
    const lines = { [one]: Promise.resolve(), [other]: Promise.resolve() };
    let held = [];
    const deliver = (from, to, signal) => ends[to]?.receive({ from, person: `person-${from}`, ...signal });
    const carry = (from) => ({ to, do: _do, ...signal }) => {
      const copy = JSON.parse(JSON.stringify(signal));
      if (loses(from, copy)) return;
      if (together && from === one && held !== null) {
        held.push(copy);
        if (held.filter(({ description }) => description).length < 2) return;
        const all = held;
        held = null;
        for (const each of all.filter(({ description }) => description)) deliver(from, to, each);
        for (const each of all.filter(({ candidate }) => candidate)) deliver(from, to, each);
        return;
      }
      lines[from] = lines[from].then(() => wait(pace())).then(() => void deliver(from, to, copy));
    };
    for (const name of [one, other]) ends[name] = new room.Mesh(name, [], carry(name));
    return ends;
  }

  async function arrives(mesh, person, seconds) {
    for (let turn = 0; turn < seconds * 10; turn++) {
      if (((await mesh.received(person)).get("camera") ?? 0) > 2 && mesh.of(person).has("camera")) return true;
      await wait(100);
    }
    return false;
  }

  const everybody = () => true;
  window.enter = async (host, guest, options, seconds = 15) => {
    const ends = connect(host, guest, options);
    ends[host].publish(new Map([["camera", track]]));
    ends[host].connectTo(new Map(), true, everybody);
    ends[guest].connectTo(new Map([[host, `person-${host}`]]), false, everybody);
    const came = await arrives(ends[guest], `person-${host}`, seconds);
    if (came) for (const end of Object.values(ends)) end.close();
    return came ? true : ends;
  };
  window.meet = async (one, other, options) => {
    const ends = connect(one, other, options);
    for (const [name, end] of Object.entries(ends)) {
      const others = name === one ? other : one;
      end.publish(new Map([["camera", track.clone()]]));
      end.connectTo(new Map([[others, `person-${others}`]]), options?.isOnStage ?? true, everybody);
    }
    const looks = [[one, other], [other, one]].map(([own, theirs]) => arrives(ends[own], `person-${theirs}`, 20));
    const came = await Promise.all(looks);
    for (const end of Object.values(ends)) end.close();
    return came.every(Boolean);
  };
  window.arrives = arrives;
  window.random = (seed) => () => (seed = (seed * 16807) % 2147483647) / 2147483647;
}
"""


@pytest.fixture(scope="module")
def bundle() -> str:
    _command, path = node.npm_command()
    build = ["node", "--input-type=module", "--eval", BUILD]
    return subprocess.run(
        build, cwd=ROOT, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture
def page(chromium: Browser, bundle: str) -> Iterator[Page]:
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.add_script_tag(content=bundle)
    page.evaluate(HARNESS)
    yield page
    context.close()


@pytest.mark.parametrize(("host", "guest"), [("a", "z"), ("z", "a")], ids=["impolite guest", "polite guest"])
def test_an_offer_that_arrives_while_the_answer_is_applied_is_not_ignored(
    page: Page, host: str, guest: str
) -> None:
    assert page.evaluate(f"enter('{host}', '{guest}', {{ together: true }}, 8)") is True


def test_forty_people_see_the_host_with_any_delays_of_the_signals(page: Page) -> None:
    seen = page.evaluate(
        """async () => {
          const seen = [];
          for (let entry = 0; entry < 40; entry++) {
            const next = random(entry + 1);
            const names = entry % 2 ? ["a", "z"] : ["z", "a"];
            const options = { pace: () => next() * (entry % 4) * 20, together: entry % 5 === 0 };
            seen.push((await enter(...names, options)) === true);
          }
          return seen;
        }"""
    )
    assert seen == [True] * 40


@pytest.mark.parametrize("is_on_stage", ["true", "false"], ids=["one calls", "both call"])
def test_two_people_on_stage_see_each_other_also_when_both_call(page: Page, is_on_stage: str) -> None:
    met = page.evaluate(
        f"""async () => {{
          const met = [];
          for (let turn = 0; turn < 8; turn++) {{
            const next = random(turn + 1);
            met.push(await meet("a", "z", {{ pace: () => next() * 40, isOnStage: {is_on_stage} }}));
          }}
          return met;
        }}"""
    )
    assert met == [True] * 8


def test_a_lost_offer_leads_to_a_new_connection(page: Page) -> None:
    """The host's own offer with the video never arrives: the two are connected, without media."""
    healed = page.evaluate(
        """async () => {
          let offers = 0;
          const loses = (from, { description }) => from === "a" && description?.type === "offer" && ++offers === 1;
          const ends = await enter("a", "z", { loses }, 4);
          if (ends === true) return "it was not lost";
          ends.z.recover("person-a", true);
          return arrives(ends.z, "person-a", 10);
        }"""
    )
    assert healed is True


def test_signals_of_a_replaced_connection_do_not_disturb_the_next_one(page: Page) -> None:
    seen = page.evaluate(
        """async () => {
          const next = random(7);
          const ends = await enter("a", "z", { pace: () => 60 + next() * 60 }, 0.1);
          if (ends === true) return "too fast";
          ends.z.recover("person-a", true);
          ends.z.recover("person-a", true);
          return arrives(ends.z, "person-a", 10);
        }"""
    )
    assert seen is True
