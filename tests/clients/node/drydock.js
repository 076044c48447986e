// A Drydock for tests in Node: `drydock serve` on a socket of its own, and the control of the simulation.
// DRYDOCK names the binary (default target/debug/drydock of this repository).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BINARY = process.env.DRYDOCK ?? fileURLToPath(new URL('../../../target/debug/drydock', import.meta.url));

export class Drydock {
  static async start() {
    const folder = mkdtempSync(join(tmpdir(), 'drydock-'));
    const socketPath = join(folder, 'docker.sock');
    const words = ['serve', '-H', `unix://${socketPath}`, '--seed', '7', '--time', 'virtual'];
    const server = spawn(BINARY, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(server.stdout, 'data');
    return Object.assign(new Drydock(), { folder, socketPath, server });
  }

  async stop() {
    this.server.kill('SIGTERM');
    await once(this.server, 'exit');
    rmSync(this.folder, { recursive: true });
  }

  /** Asks `/_drydock/what`; a refusal is thrown. */
  ask(method, what, body) {
    const headers = { 'Content-Type': 'application/json' };
    return new Promise((resolve, reject) => {
      const request = http.request({ socketPath: this.socketPath, path: `/_drydock/${what}`, method, headers });
      request.on('error', reject);
      request.on('response', async (response) => {
        let text = '';
        for await (const piece of response) text += piece;
        const answer = text ? JSON.parse(text) : undefined;
        if (response.statusCode >= 400) reject(new Error(answer.message));
        else resolve(answer);
      });
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}
