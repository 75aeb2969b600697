// One scenario with the official client, unmodified. Its hosts are constants,
// so its `fetch` option leads each to where the sandbox plays it. Prints what
// came of the scenario as JSON.
import { File } from "node:buffer"; // global from Node 20 on only
import { createFalClient } from "@fal-ai/client";

const [scenario, key] = process.argv.slice(2);

const stands_in = {
  "https://fal.run": process.env.FAL_RUN_URL,
  "https://queue.fal.run": process.env.FAL_QUEUE_URL,
  "https://rest.fal.ai": process.env.FAL_REST_URL,
};

function led(url, init) {
  for (const [real, local] of Object.entries(stands_in)) {
    if (url === real || url.startsWith(real + "/")) return fetch(local + url.slice(real.length), init);
  }
  if (new URL(url).hostname !== "127.0.0.1") throw new Error("the client asked for " + url);
  return fetch(url, init);
}

const fal = createFalClient({ credentials: key, fetch: led, retry: { maxRetries: 0 } });

const follow = async (mode) => {
  const seen = [];
  let enqueued = null;
  const { data, requestId } = await fal.subscribe("owner/echo", {
    input: { prompt: "a boat", numbers: [1, 2.5, 12345678901] },
    mode,
    pollInterval: 20,
    logs: true,
    onEnqueue: (id) => { enqueued = id; },
    onQueueUpdate: (update) => { seen.push(update); },
  });
  return {
    data,
    same_id: enqueued === requestId && requestId.length > 0,
    statuses: seen.map((update) => update.status),
    logs: seen.at(-1).logs.map((line) => line.message),
  };
};

const failure = async (call) => {
  try {
    return { unexpected: await call() };
  } catch (error) {
    return {
      name: error.name,
      status: error.status,
      body: error.body,
      fields: error.name === "ValidationError" ? error.fieldErrors : undefined,
      id: (error.requestId ?? "") !== "",
    };
  }
};

const scenarios = {
  poll: () => follow("polling"),
  stream_status: () => follow("streaming"),
  run: async () => {
    const { data, requestId } = await fal.run("owner/echo", { input: { prompt: "a boat" } });
    return { data, id: requestId !== "" };
  },
  stream: async () => {
    const stream = await fal.stream("owner/parts", { input: { prompt: "a b c" } });
    const events = [];
    for await (const event of stream) events.push(event);
    return { events, last: await stream.done() };
  },
  cancel: async () => {
    const { request_id } = await fal.queue.submit("owner/slow", { input: {} });
    const before = await fal.queue.status("owner/slow", { requestId: request_id });
    await fal.queue.cancel("owner/slow", { requestId: request_id });
    const after = await failure(() => fal.queue.cancel("owner/slow", { requestId: request_id }));
    return { before: before.status, after };
  },
  upload: () => fal.storage.upload(new File(["a picture"], "boat.png", { type: "image/png" }), {
    lifecycle: { expiresIn: "1h" },
  }),
  // more than 90 MiB: in parts of 10, each of one letter
  upload_parts: () => fal.storage.upload(new Blob(Array.from("abcdefghij", (letter) => letter.repeat(10 * 2 ** 20)))),
  upload_input: async () => {
    const { data } = await fal.run("owner/echo", { input: { image_url: new Blob(["a picture"]), prompt: "a boat" } });
    return data;
  },
  refused: () => failure(() => fal.run("owner/echo", { input: {} })),
  unknown: () => failure(() => fal.queue.status("owner/echo", { requestId: "00000000-0000-4000-8000-000000000000" })),
  invalid: () => failure(() => fal.run("owner/strict", { input: { size: "huge" } })),
  invalid_later: () => failure(() => fal.subscribe("owner/strict", { input: { size: "huge" }, pollInterval: 20 })),
};

process.stdout.write(JSON.stringify(await scenarios[scenario]()));
