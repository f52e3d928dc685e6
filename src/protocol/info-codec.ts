import type { AgentInfo } from './agent-info.ts';
import type { FrameworkCapability, FrameworkInfo } from './framework-info.ts';
import { boolean, type Codec, choice, list, map, number, optional, record, text } from './json-codec.ts';
import { CAPABILITY_NAMES } from './names.ts';
import { attributesCodec, labelsCodec, quantitiesCodec, resourcesCodec } from './resource-codec.ts';
import { agentIdCodec, frameworkIdCodec } from './task-codec.ts';

export const frameworkInfoCodec: Codec<FrameworkInfo> = record<FrameworkInfo>({
  user: text,
  name: text,
  id: optional(frameworkIdCodec),
  failoverTimeoutMs: optional(number),
  checkpoint: optional(boolean),
  role: optional(text),
  roles: optional(list(text)),
  capabilities: optional(list(choice<FrameworkCapability>(CAPABILITY_NAMES))),
  principal: optional(text),
  hostname: optional(text),
  webuiUrl: optional(text),
  labels: optional(labelsCodec),
  minAllocatable: optional(map(list(quantitiesCodec))),
});

export const agentInfoCodec: Codec<AgentInfo> = record<AgentInfo>({
  id: optional(agentIdCodec),
  hostname: text,
  resources: resourcesCodec,
  attributes: attributesCodec,
});
