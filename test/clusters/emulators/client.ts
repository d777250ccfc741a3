/** `client.ts SOCKET PROGRAM ARGUMENT...`: what the commands of an emulated batch system run. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Reply } from './command.ts';

const [socket = '', program = '', ...args] = process.argv.slice(2);

async function ask(stdin?: string): Promise<Reply | 'stdin'> {
  const connection = connect(socket);
  await once(connection, 'connect');
  const directory = process.env['PWD'] ?? process.cwd();
  connection.write(`${JSON.stringify({ program, args, directory, environment: process.env, stdin })}\n`);
  return JSON.parse(await text(connection)) as Reply | 'stdin';
}

let reply = await ask();
if (reply === 'stdin') reply = await ask(await text(process.stdin));
if (reply === 'stdin') throw new Error(`${program} asks for its input again and again.`);
process.stdout.write(reply.stdout);
process.stderr.write(reply.stderr);
process.exitCode = reply.code;
