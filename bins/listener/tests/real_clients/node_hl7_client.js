// Sends files by node-hl7-client, and prints MSA-1 and MSA-2 of each answer.
//
// Usage: PORT CA FILE..., where an empty CA is a link in the clear.
"use strict";

const { readFileSync } = require("node:fs");
const { Client, Message } = require("node-hl7-client");

const [port, ca, ...files] = process.argv.slice(2);
const tls = ca ? { ca: readFileSync(ca) } : undefined;
const client = new Client({ host: "127.0.0.1", tls });

let answered;
const connection = client.createConnection({ port: Number(port) }, async (response) => {
  const answer = response.getMessage();
  console.log(answer.get("MSA.1").toString(), answer.get("MSA.2").toString());
  answered();
});

async function send() {
  for (const file of files) {
    const answer = new Promise((resolve) => { answered = resolve; });
    await connection.sendMessage(new Message({ text: readFileSync(file, "utf8") }));
    await answer;
  }
  await connection.close();
}

connection.once("connect", send);
