// Runs programs one after another in this process: `node from-openai-run.mjs '[{ "path": …, "env": { … } }]'`.
// Prints their outputs as JSON, in the same order.
const write = process.stdout.write.bind(process.stdout);
const outputs = [];
for (const { path, env } of JSON.parse(process.argv[2])) {
  let output = "";
  process.stdout.write = (text) => {
    output += text;
    return true;
  };
  Object.assign(process.env, env);
  try {
    await import(path);
  } catch (error) {
    output += `${error?.stack ?? error}`;
  }
  outputs.push(output);
}
// Connections that are kept alive would keep the process.
write(JSON.stringify(outputs), () => process.exit());
