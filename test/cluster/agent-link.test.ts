import { describe, expect, test } from 'vitest';
import { isFrame, remoteAgent, remoteMaster } from '../../src/cluster/agent-link.ts';
import type { AgentEndpoint, AgentMessage, ChannelHandlers, MasterMessage } from '../../src/protocol/index.ts';

/** A master that records what agents send and keeps the handlers to answer through. */
function recordingMaster() {
  const received: AgentMessage[] = [];
  const connections: ChannelHandlers<MasterMessage>[] = [];
  const closed: number[] = [];
  const endpoint: AgentEndpoint = {
    connect(handlers) {
      const number = connections.push(handlers);
      return { send: (message) => void received.push(message), close: () => void closed.push(number) };
    },
  };
  return { endpoint, received, connections, closed };
}

/** Both ends of a link, joined without a process between them. */
function linked() {
  const master = recordingMaster();
  const agentSide = remoteMaster((text) => masterSide.receive(text));
  const masterSide = remoteAgent(master.endpoint, (text) => agentSide.receive(text));
  const heard: (MasterMessage | string)[] = [];
  const connect = () =>
    agentSide.endpoint.connect({
      onMessage: (message) => void heard.push(message),
      onClosed: (reason) => void heard.push(reason),
    });
  return { master, masterSide, agentSide, heard, connect };
}

describe('the link between an agent in its own process and the master', () => {
  test('carries messages both ways, in order', () => {
    const { master, heard, connect } = linked();
    const channel = connect();
    channel.send({ type: 'pong' });
    channel.send({ type: 'unregisterAgent' });
    master.connections[0]?.onMessage({ type: 'ping', connected: true });
    expect(master.received).toEqual([{ type: 'pong' }, { type: 'unregisterAgent' }]);
    expect(heard).toEqual([{ type: 'ping', connected: true }]);
  });

  test('tells the agent why the master closed, and drops what either side sends afterwards', () => {
    const { master, heard, connect } = linked();
    const channel = connect();
    master.connections[0]?.onClosed('another connection took over');
    channel.send({ type: 'pong' });
    expect(heard).toEqual(['another connection took over']);
    expect(master.received).toEqual([]);
  });

  test('tells the master that the agent closed, once', () => {
    const { master, connect } = linked();
    const channel = connect();
    channel.close();
    channel.close();
    expect(master.closed).toEqual([1]);
  });

  test('keeps two connections apart', () => {
    const { master, heard, connect } = linked();
    connect().close();
    const second = connect();
    second.send({ type: 'pong' });
    master.connections[0]?.onMessage({ type: 'ping', connected: false });
    master.connections[1]?.onMessage({ type: 'ping', connected: true });
    expect(master.closed).toEqual([1]);
    expect(heard).toEqual([{ type: 'ping', connected: true }]);
  });

  test('closing the master side ends every connection of a process that has gone', () => {
    const { master, masterSide, connect } = linked();
    connect();
    connect();
    masterSide.close();
    expect(master.closed).toEqual([1, 2]);
  });

  test('a text that is no frame is told from one that is', () => {
    expect(isFrame('data 1 {}')).toBe(true);
    expect(isFrame('{"type":"registered"}')).toBe(false);
    expect(() => linked().masterSide.receive('nonsense')).toThrow('frame: expected "open", "data" or "shut"');
  });
});
