import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/**
 * The Socket Mode side of Slack: `apps.connections.open` over HTTP and the sockets that it hands out. `refusing` makes
 * it answer 503; Web API calls other than that are answered `ok` and noted.
 */
export async function startSocketSlack() {
  const sockets = new Set<WebSocket>();
  const calls: string[] = [];
  const acks: { envelope_id: string }[] = [];
  const state = { refusing: false, opened: 0 };
  const server = createServer((request, response) => {
    const method = request.url?.replace('/api/', '') ?? '';
    request.resume();
    request.on('end', () => {
      calls.push(method);
      if (state.refusing) return response.writeHead(503).end();
      response.setHeader('content-type', 'application/json');
      const { port } = server.address() as AddressInfo;
      const answer =
        method === 'apps.connections.open'
          ? { ok: true, url: `ws://127.0.0.1:${port}/link` }
          : method.startsWith('users.info')
            ? { ok: true, user: { id: 'U0ANA', team_id: 'T1', name: 'ana', is_restricted: false } }
            : { ok: true, user_id: 'U0BOT', bot_id: 'B0BOT', team_id: 'T1', team: 'Larkspur' };
      return response.end(JSON.stringify(answer));
    });
  });
  const socketServer = new WebSocketServer({ server });
  socketServer.on('connection', (socket) => {
    sockets.add(socket);
    state.opened += 1;
    socket.on('close', () => sockets.delete(socket));
    socket.on('message', (data) => {
      acks.push(JSON.parse((data as Buffer).toString('utf8')) as { envelope_id: string });
    });
    socket.send(
      JSON.stringify({ type: 'hello', num_connections: sockets.size, connection_info: { app_id: 'A1' } }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`,
    state,
    calls,
    acks,
    sockets,
    /** Sends an envelope over one of the sockets. */
    send(envelope: { envelope_id: string; type: string; payload: unknown }) {
      const [socket] = sockets;
      if (socket === undefined) throw new Error('nobody is connected');
      socket.send(JSON.stringify({ accepts_response_payload: true, ...envelope }));
    },
    /** As Slack says goodbye to its sockets every few hours. */
    recycle() {
      for (const socket of sockets)
        socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }));
    },
    /** The wire is cut. */
    cut() {
      for (const socket of sockets) socket.terminate();
    },
    async close() {
      for (const socket of sockets) socket.terminate();
      socketServer.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
