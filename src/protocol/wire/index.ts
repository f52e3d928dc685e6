export { MESSAGE_DEPTH_MAX, type WireMessage, type WireValue } from './message.ts';
export { readJson } from './read-json.ts';
export { readProtobuf } from './read-protobuf.ts';
export { encodeRecord, RECORD_BYTES_MAX, RecordReader } from './record-io.ts';
export { readSchedulerCall, type SchedulerRequest, writeSchedulerCall } from './scheduler-call.ts';
export { type Address, type EventContext, readSchedulerEvent, writeSchedulerEvent } from './scheduler-event.ts';
export { type EnumType, enumType, type Field, type FieldType, type MessageType, messageType } from './schema.ts';
export { writeJson } from './write-json.ts';
export { writeProtobuf } from './write-protobuf.ts';
