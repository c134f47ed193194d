import { once } from 'node:events';
import { createConnection } from 'node:net';

export interface Login {
  readonly user: string;
  readonly pass: string;
}

/**
 * What a server says to one line of the protocol, so that a refusal is the server's word and not
 * a library's guess.
 */
export async function answerOf(url: string, login: Partial<Login>, line: string): Promise<string> {
  const socket = createConnection(Number(new URL(url).port), '127.0.0.1');
  try {
    await once(socket, 'data');
    const hello = JSON.stringify({ verbose: false, headers: true, ...login });
    socket.write(`CONNECT ${hello}\r\n${line}\r\nPING\r\n`);
    let text = '';
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      text += chunk.toString();
      if (/PONG|Authorization Violation/.test(text)) break;
    }
    return text;
  } finally {
    socket.destroy();
  }
}

export async function may(url: string, login: Login, line: string): Promise<'yes' | 'no'> {
  const answer = await answerOf(url, login, line);
  if (answer.includes('Authorization Violation')) throw new Error('the login is wrong');
  return answer.includes('Permissions Violation') ? 'no' : 'yes';
}

export function publishing(subject: string): string {
  return `PUB ${subject} 1\r\nx`;
}

export function subscribing(subject: string): string {
  return `SUB ${subject} 1`;
}
