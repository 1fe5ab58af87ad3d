// Runs programs one after another in this process: `node from-openai-run.mjs '[{ "path": …, "env": { … } }]'`.
// A program that exports a handler gets the job's `requests`. Prints the outputs as JSON, in the same order.
const write = process.stdout.write.bind(process.stdout);
const outputs = [];
for (const { path, env, requests } of JSON.parse(process.argv[2])) {
  let output = "";
  process.stdout.write = (text) => {
    output += text;
    return true;
  };
  Object.assign(process.env, env);
  try {
    const { default: server } = await import(path);
    for (const { headers, body } of requests) {
      const response = await server.fetch(new Request("https://example.com/", { method: "POST", headers, body }));
      output += `${response.status}\n`;
    }
  } catch (error) {
    output += `${error?.stack ?? error}`;
  }
  outputs.push(output);
}
// Connections that are kept alive would keep the process.
write(JSON.stringify(outputs), () => process.exit());
