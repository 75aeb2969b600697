// The official JavaScript client, unmodified, doing what queue.lua and
// latency.lua do. Usage: node official.mjs queue URL JOBS, or
// node official.mjs polling|streaming URL TIMES. Its hosts are constants, so
// its own requestMiddleware leads each request to the server of the bench.
import { createFalClient } from "@fal-ai/client";

const [what, url, count] = process.argv.slice(2);
const endpoint = "fal-ai/veo3/fast";

const fal = createFalClient({
  credentials: "bench:bench",
  requestMiddleware: async (request) => ({ ...request, url: request.url.replace("https://queue.fal.run", url) }),
});

async function queue(jobs) {
  let left = jobs;
  let results = 0;

  async function work() {
    while (left > 0) {
      left -= 1;
      const input = {
        prompt: "A futuristic city at dusk, cinematic, warm haze", aspect_ratio: "16:9", duration: "8s", seed: 42,
      };
      const { request_id: requestId } = await fal.queue.submit(endpoint, { input });
      const { status } = await fal.queue.status(endpoint, { requestId });
      if (status !== "COMPLETED") throw new Error("a job is not done");
      const { data } = await fal.queue.result(endpoint, { requestId });
      if (data.video.file_name !== `${requestId}.mp4`) throw new Error("not the result of this job");
      results += 1;
    }
  }

  await Promise.all(Array.from({ length: 64 }, work));
  if (results !== jobs) throw new Error("results are missing");
}

async function latency(mode, times) {
  for (let i = 0; i < times; i += 1) {
    const { data } = await fal.subscribe(endpoint, { input: { prompt: "A futuristic city at dusk" }, mode });
    console.log((Date.now() - data.done * 1000).toFixed(3));
  }
}

if (what === "queue") await queue(Number(count));
else await latency(what, Number(count));
