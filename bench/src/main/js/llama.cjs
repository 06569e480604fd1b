// Decodes with llama.cpp through the prebuilt binary of node-llama-cpp, without that package's own
// scheduling: what is timed is llama_decode alone.
//
//   node llama.cjs FOLDER_OF_BINARY MODEL.gguf
//
// Keys and values stay in half precision, llama.cpp's default: asked for floats it takes twice as
// long a token.
//
// One JSON object a line on standard input, one answer a line on standard output:
//   {"threads": 2, "prompt": [1, 2], "tokens": [3, 4], "logits": true}
//   {"seconds": [...], "cpuSeconds": [...], "logits": [...]}
// The prompt is read first, untimed; then every token is one timed step. The logits are those after
// the last step, in the order of the vocabulary.
"use strict";
const path = require("node:path");
const readline = require("node:readline");

const CONTEXT = 1024;

async function start(folder, file) {
  const llama = require(path.resolve(folder, "llama-addon.node"));
  llama.setLogger(() => {});
  llama.loadBackends(path.resolve(folder)); // takes the library that fits this processor best
  await llama.init();
  const model = new llama.AddonModel(file, {addonExports: llama, gpuLayers: 0, useMmap: true});
  if (!(await model.init())) throw new Error("cannot load " + file);
  const options = {contextSize: CONTEXT, batchSize: CONTEXT, sequences: 1, threads: 1};
  const context = new llama.AddonContext(model, options);
  if (!(await context.init())) throw new Error("cannot make a context");
  return {llama, model, context};
}

async function step(context, tokens, position) {
  context.initBatch(tokens.length);
  const [index] = context.addToBatch(0, position, Uint32Array.from(tokens), Uint32Array.of(tokens.length - 1));
  const cpu = process.cpuUsage();
  const begin = process.hrtime.bigint();
  await context.decodeBatch();
  const seconds = Number(process.hrtime.bigint() - begin) * 1e-9;
  const used = process.cpuUsage(cpu);
  return {index, seconds, cpuSeconds: (used.user + used.system) * 1e-6};
}

async function logitsAt({llama, model, context}, index) {
  const sampler = new llama.AddonSampler(model);
  sampler.applyConfig({temperature: 0});
  const answer = await context.sampleToken(index, sampler, false, false, true);
  const pairs = answer[3];
  const logits = [];
  for (let i = 0; i < pairs.length; i += 2) logits[pairs[i]] = pairs[i + 1];
  return logits;
}

async function decode(engine, request) {
  const {context} = engine;
  context.setThreads(request.threads);
  context.removeTokenCellsFromSequence(0, 0, -1);
  await step(context, request.prompt, 0);
  let position = request.prompt.length;
  const seconds = [];
  const cpuSeconds = [];
  let last;
  for (const token of request.tokens) {
    last = await step(context, [token], position++);
    seconds.push(last.seconds);
    cpuSeconds.push(last.cpuSeconds);
  }
  return {seconds, cpuSeconds, logits: request.logits ? await logitsAt(engine, last.index) : []};
}

async function main() {
  const engine = await start(...process.argv.slice(2));
  process.stdout.write(JSON.stringify({system: engine.llama.systemInfo()}) + "\n");
  for await (const line of readline.createInterface({input: process.stdin})) {
    process.stdout.write(JSON.stringify(await decode(engine, JSON.parse(line))) + "\n");
  }
  process.exit(0);
}

main().catch((error) => {
  process.stdout.write(JSON.stringify({error: String((error && error.stack) || error)}) + "\n");
  process.exit(1);
});
