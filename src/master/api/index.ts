export { type MasterServer, type ServeMasterOptions, serveMaster } from './server.ts';
