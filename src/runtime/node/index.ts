export { connectParent, exitProcess, forkModule, type NodeChild, type NodeParent, ownPid } from './child.ts';
export { nodeClock } from './clock.ts';
export { nodeDirectory } from './directory.ts';
export { type FolderLock, lockFolder } from './folder-lock.ts';
export { type ConsoleLogOptions, consoleLog } from './log.ts';
export { absolutePath, detectMachine, type Machine, makeTemporaryFolder, removeFolder } from './machine.ts';
export { nodeRandom } from './random.ts';
export { type NodeSandboxes, nodeSandboxes } from './sandboxes.ts';
export { currentUser } from './user.ts';
