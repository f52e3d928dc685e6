/** What executors and the agent say to each other. For the notation see `schema.ts`. @see Mesos `include/mesos/v1/executor/executor.proto` */
export const EXECUTOR_DEFINITIONS = `
message Event: type 1 Type, subscribed 2 Subscribed, acknowledged 3 Acknowledged, launch 4 Launch, kill 5 Kill,
  message 6 Message, error 7 Error, launch_group 8 LaunchGroup
enum Event.Type: UNKNOWN 0, SUBSCRIBED 1, LAUNCH 2, LAUNCH_GROUP 8, KILL 3, ACKNOWLEDGED 4, MESSAGE 5, ERROR 6,
  SHUTDOWN 7, HEARTBEAT 9
message Event.Subscribed: executor_info 1 ExecutorInfo!, framework_info 2 FrameworkInfo!, agent_info 3 AgentInfo!,
  container_id 4 ContainerID
message Event.Launch: task 1 TaskInfo!
message Event.LaunchGroup: task_group 1 TaskGroupInfo!
message Event.Kill: task_id 1 TaskID!, kill_policy 2 KillPolicy
message Event.Acknowledged: task_id 1 TaskID!, uuid 2 bytes!
message Event.Message: data 1 bytes!
message Event.Error: message 1 string!
message Call: executor_id 1 ExecutorID!, framework_id 2 FrameworkID!, type 3 Type, subscribe 4 Subscribe,
  update 5 Update, message 6 Message
enum Call.Type: UNKNOWN 0, SUBSCRIBE 1, UPDATE 2, MESSAGE 3, HEARTBEAT 4
message Call.Subscribe: unacknowledged_tasks 1 TaskInfo*, unacknowledged_updates 2 Update*
message Call.Update: status 1 TaskStatus!
message Call.Message: data 2 bytes!
`;
