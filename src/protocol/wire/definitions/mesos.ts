/** Objects that all of the APIs share. For the notation see `schema.ts`. @see Mesos `include/mesos/v1/mesos.proto` */
export const MESOS_DEFINITIONS = `
message FrameworkID: value 1 string!
message OfferID: value 1 string!
message AgentID: value 1 string!
message TaskID: value 1 string!
message ExecutorID: value 1 string!
message ContainerID: value 1 string!, parent 2 ContainerID
message ResourceProviderID: value 1 string!
message OperationID: value 1 string!
message TimeInfo: nanoseconds 1 int64!
message DurationInfo: nanoseconds 1 int64!
message Address: hostname 1 string, ip 2 string, port 3 int32!
message URL: scheme 1 string!, address 2 Address!, path 3 string, query 4 Parameter*, fragment 5 string
message Unavailability: start 1 TimeInfo!, duration 2 DurationInfo
message MachineID: hostname 1 string, ip 2 string
message MachineInfo: id 1 MachineID!, mode 2 Mode, unavailability 3 Unavailability
enum MachineInfo.Mode: UP 1, DRAINING 2, DOWN 3
message FrameworkInfo: user 1 string!, name 2 string!, id 3 FrameworkID, failover_timeout 4 double=0.0,
  checkpoint 5 bool=false, role 6 string=*~, hostname 7 string, principal 8 string, webui_url 9 string,
  capabilities 10 Capability*, labels 11 Labels, roles 12 string*, offer_filters 13 {OfferFilters}
message FrameworkInfo.Capability: type 1 Type
enum FrameworkInfo.Capability.Type: UNKNOWN 0, REVOCABLE_RESOURCES 1, TASK_KILLING_STATE 2, GPU_RESOURCES 3,
  SHARED_RESOURCES 4, PARTITION_AWARE 5, MULTI_ROLE 6, RESERVATION_REFINEMENT 7, REGION_AWARE 8
message CheckInfo: type 1 Type, command 2 Command, http 3 Http, delay_seconds 4 double=15.0,
  interval_seconds 5 double=10.0, timeout_seconds 6 double=20.0, tcp 7 Tcp
enum CheckInfo.Type: UNKNOWN 0, COMMAND 1, HTTP 2, TCP 3
message CheckInfo.Command: command 1 CommandInfo!
message CheckInfo.Http: port 1 uint32!, path 2 string
message CheckInfo.Tcp: port 1 uint32!
message HealthCheck: http 1 HTTPCheckInfo, delay_seconds 2 double=15.0, interval_seconds 3 double=10.0,
  timeout_seconds 4 double=20.0, consecutive_failures 5 uint32=3, grace_period_seconds 6 double=10.0,
  command 7 CommandInfo, type 8 Type, tcp 9 TCPCheckInfo
enum HealthCheck.Type: UNKNOWN 0, COMMAND 1, HTTP 2, TCP 3
message HealthCheck.HTTPCheckInfo: port 1 uint32!, path 2 string, scheme 3 string, statuses 4 uint32*,
  protocol 5 NetworkInfo.Protocol=IPv4
message HealthCheck.TCPCheckInfo: port 1 uint32!, protocol 2 NetworkInfo.Protocol=IPv4
message KillPolicy: grace_period 1 DurationInfo
message CommandInfo: uris 1 URI*, environment 2 Environment, value 3 string, user 5 string, shell 6 bool=true,
  arguments 7 string*
message CommandInfo.URI: value 1 string!, executable 2 bool, extract 3 bool=true, cache 4 bool, output_file 5 string
message ExecutorInfo: executor_id 1 ExecutorID!, data 4 bytes, resources 5 Resource*, command 7 CommandInfo,
  framework_id 8 FrameworkID, name 9 string, source 10 string~, container 11 ContainerInfo,
  discovery 12 DiscoveryInfo, shutdown_grace_period 13 DurationInfo, labels 14 Labels, type 15 Type
enum ExecutorInfo.Type: UNKNOWN 0, DEFAULT 1, CUSTOM 2
message DomainInfo: fault_domain 1 FaultDomain
message DomainInfo.FaultDomain: region 1 RegionInfo!, zone 2 ZoneInfo!
message DomainInfo.FaultDomain.RegionInfo: name 1 string!
message DomainInfo.FaultDomain.ZoneInfo: name 1 string!
message MasterInfo: id 1 string!, ip 2 uint32!, port 3 uint32!=5050, pid 4 string, hostname 5 string,
  version 6 string, address 7 Address, domain 8 DomainInfo, capabilities 9 Capability*
message MasterInfo.Capability: type 1 Type
enum MasterInfo.Capability.Type: UNKNOWN 0, AGENT_UPDATE 1, AGENT_DRAINING 2, QUOTA_V2 3
message AgentInfo: hostname 1 string!, resources 3 Resource*, attributes 5 Attribute*, id 6 AgentID,
  checkpoint 7 bool, port 8 int32=5051, domain 10 DomainInfo
message AgentInfo.Capability: type 1 Type
enum AgentInfo.Capability.Type: UNKNOWN 0, MULTI_ROLE 1, HIERARCHICAL_ROLE 2, RESERVATION_REFINEMENT 3,
  RESOURCE_PROVIDER 4, RESIZE_VOLUME 5, AGENT_OPERATION_FEEDBACK 6, AGENT_DRAINING 7, TASK_RESOURCE_LIMITS 8
message ResourceProviderInfo: id 1 ResourceProviderID, attributes 2 Attribute*, type 3 string!, name 4 string!,
  default_reservations 5 Resource.ReservationInfo*, storage 6 Storage
message ResourceProviderInfo.Storage: reconciliation_interval_seconds 2 double
message Value: type 1 Type!, scalar 2 Scalar, ranges 3 Ranges, set 4 Set, text 5 Text
enum Value.Type: SCALAR 0, RANGES 1, SET 2, TEXT 3
message Value.Scalar: value 1 double!
message Value.Range: begin 1 uint64!, end 2 uint64!
message Value.Ranges: range 1 Range*
message Value.Set: item 1 string*
message Value.Text: value 1 string!
message Attribute: name 1 string!, type 2 Value.Type!, scalar 3 Value.Scalar, ranges 4 Value.Ranges,
  text 5 Value.Text, set 6 Value.Set
message Resource: name 1 string!, type 2 Value.Type!, scalar 3 Value.Scalar, ranges 4 Value.Ranges, set 5 Value.Set,
  role 6 string=*~, disk 7 DiskInfo, reservation 8 ReservationInfo, revocable 9 RevocableInfo, shared 10 SharedInfo,
  allocation_info 11 AllocationInfo, provider_id 12 ResourceProviderID, reservations 13 ReservationInfo*
message Resource.AllocationInfo: role 1 string
message Resource.ReservationInfo: principal 1 string, labels 2 Labels, role 3 string, type 4 Type
enum Resource.ReservationInfo.Type: UNKNOWN 0, STATIC 1, DYNAMIC 2
message Resource.DiskInfo: persistence 1 Persistence, volume 2 Volume, source 3 Source
message Resource.DiskInfo.Persistence: id 1 string!, principal 2 string
message Resource.DiskInfo.Source: type 1 Type!, path 2 Path, mount 3 Mount, id 4 string, metadata 5 Labels,
  profile 6 string, vendor 7 string
enum Resource.DiskInfo.Source.Type: UNKNOWN 0, PATH 1, MOUNT 2, BLOCK 3, RAW 4
message Resource.DiskInfo.Source.Path: root 1 string
message Resource.DiskInfo.Source.Mount: root 1 string
message Resource.RevocableInfo
message Resource.SharedInfo
message DiskStatistics: source 1 Resource.DiskInfo.Source, persistence 2 Resource.DiskInfo.Persistence,
  limit_bytes 3 uint64, used_bytes 4 uint64
message ResourceStatistics: timestamp 1 double!, cpus_user_time_secs 2 double, cpus_system_time_secs 3 double,
  cpus_limit 4 double, mem_rss_bytes 5 uint64, mem_limit_bytes 6 uint64, cpus_nr_periods 7 uint32,
  cpus_nr_throttled 8 uint32, cpus_throttled_time_secs 9 double, mem_file_bytes 10 uint64, mem_anon_bytes 11 uint64,
  mem_mapped_file_bytes 12 uint64, net_rx_packets 14 uint64, net_rx_bytes 15 uint64, net_rx_errors 16 uint64,
  net_rx_dropped 17 uint64, net_tx_packets 18 uint64, net_tx_bytes 19 uint64, net_tx_errors 20 uint64,
  net_tx_dropped 21 uint64, net_tcp_rtt_microsecs_p50 22 double, net_tcp_rtt_microsecs_p90 23 double,
  net_tcp_rtt_microsecs_p95 24 double, net_tcp_rtt_microsecs_p99 25 double, disk_limit_bytes 26 uint64,
  disk_used_bytes 27 uint64, net_tcp_active_connections 28 double, net_tcp_time_wait_connections 29 double,
  processes 30 uint32, threads 31 uint32, mem_low_pressure_counter 32 uint64, mem_medium_pressure_counter 33 uint64,
  mem_critical_pressure_counter 34 uint64, mem_total_bytes 36 uint64, mem_total_memsw_bytes 37 uint64,
  mem_soft_limit_bytes 38 uint64, mem_cache_bytes 39 uint64, mem_swap_bytes 40 uint64,
  mem_unevictable_bytes 41 uint64, disk_statistics 43 DiskStatistics*, cpus_soft_limit 45 double,
  net_tx_rate_limit 46 uint64, net_tx_burst_rate_limit 47 uint64, net_tx_burst_size 48 uint64,
  net_rx_rate_limit 49 uint64, net_rx_burst_rate_limit 50 uint64, net_rx_burst_size 51 uint64,
  mem_kmem_usage_bytes 52 uint64, mem_kmem_tcp_usage_bytes 53 uint64, net_ephemeral_ports 55 Value.Range
message OfferFilters: min_allocatable_resources 1 MinAllocatableResources
message OfferFilters.ResourceQuantities: quantities 1 {Value.Scalar}
message OfferFilters.MinAllocatableResources: quantities 1 ResourceQuantities*
message Request: agent_id 1 AgentID, resources 2 Resource*
message Offer: id 1 OfferID!, framework_id 2 FrameworkID!, agent_id 3 AgentID!, hostname 4 string!,
  resources 5 Resource*, executor_ids 6 ExecutorID*, attributes 7 Attribute*, url 8 URL,
  unavailability 9 Unavailability, allocation_info 10 Resource.AllocationInfo, domain 11 DomainInfo
message Offer.Operation: type 1 Type, launch 2 Launch, reserve 3 Reserve, unreserve 4 Unreserve, create 5 Create,
  destroy 6 Destroy, launch_group 7 LaunchGroup, id 12 OperationID, grow_volume 13 GrowVolume,
  shrink_volume 14 ShrinkVolume, create_disk 15 CreateDisk, destroy_disk 16 DestroyDisk
enum Offer.Operation.Type: UNKNOWN 0, LAUNCH 1, LAUNCH_GROUP 6, RESERVE 2, UNRESERVE 3, CREATE 4, DESTROY 5,
  GROW_VOLUME 11, SHRINK_VOLUME 12, CREATE_DISK 13, DESTROY_DISK 14
message Offer.Operation.Launch: task_infos 1 TaskInfo*
message Offer.Operation.LaunchGroup: executor 1 ExecutorInfo!, task_group 2 TaskGroupInfo!
message Offer.Operation.Reserve: resources 1 Resource*, source 2 Resource*
message Offer.Operation.Unreserve: resources 1 Resource*
message Offer.Operation.Create: volumes 1 Resource*
message Offer.Operation.Destroy: volumes 1 Resource*
message Offer.Operation.GrowVolume: volume 1 Resource!, addition 2 Resource!
message Offer.Operation.ShrinkVolume: volume 1 Resource!, subtract 2 Value.Scalar!
message Offer.Operation.CreateDisk: source 1 Resource!, target_type 2 Resource.DiskInfo.Source.Type!,
  target_profile 3 string
message Offer.Operation.DestroyDisk: source 1 Resource!
message InverseOffer: id 1 OfferID!, url 2 URL, framework_id 3 FrameworkID!, agent_id 4 AgentID,
  unavailability 5 Unavailability!, resources 6 Resource*
message TaskInfo: name 1 string!, task_id 2 TaskID!, agent_id 3 AgentID!, resources 4 Resource*,
  executor 5 ExecutorInfo, data 6 bytes, command 7 CommandInfo, health_check 8 HealthCheck,
  container 9 ContainerInfo, labels 10 Labels, discovery 11 DiscoveryInfo, kill_policy 12 KillPolicy,
  check 13 CheckInfo, max_completion_time 14 DurationInfo, limits 15 {Value.Scalar}
message TaskGroupInfo: tasks 1 TaskInfo*
message Task: name 1 string!, task_id 2 TaskID!, framework_id 3 FrameworkID!, executor_id 4 ExecutorID,
  agent_id 5 AgentID!, state 6 TaskState!, resources 7 Resource*, statuses 8 TaskStatus*,
  status_update_state 9 TaskState, status_update_uuid 10 bytes, labels 11 Labels, discovery 12 DiscoveryInfo,
  container 13 ContainerInfo, user 14 string, health_check 15 HealthCheck, kill_policy 16 KillPolicy,
  limits 17 {Value.Scalar}
enum TaskState: TASK_STAGING 6, TASK_STARTING 0, TASK_RUNNING 1, TASK_KILLING 8, TASK_FINISHED 2, TASK_FAILED 3,
  TASK_KILLED 4, TASK_ERROR 7, TASK_LOST 5, TASK_DROPPED 9, TASK_UNREACHABLE 10, TASK_GONE 11,
  TASK_GONE_BY_OPERATOR 12, TASK_UNKNOWN 13
message TaskResourceLimitation: resources 1 Resource*
message UUID: value 1 bytes!
message Operation: framework_id 1 FrameworkID, agent_id 2 AgentID, info 3 Offer.Operation!,
  latest_status 4 OperationStatus!, statuses 5 OperationStatus*, uuid 6 UUID!
enum OperationState: OPERATION_UNSUPPORTED 0, OPERATION_PENDING 1, OPERATION_FINISHED 2, OPERATION_FAILED 3,
  OPERATION_ERROR 4, OPERATION_DROPPED 5, OPERATION_UNREACHABLE 6, OPERATION_GONE_BY_OPERATOR 7,
  OPERATION_RECOVERING 8, OPERATION_UNKNOWN 9
message OperationStatus: operation_id 1 OperationID, state 2 OperationState!, message 3 string,
  converted_resources 4 Resource*, uuid 5 UUID, agent_id 6 AgentID, resource_provider_id 7 ResourceProviderID
message CheckStatusInfo: type 1 CheckInfo.Type, command 2 Command, http 3 Http, tcp 4 Tcp
message CheckStatusInfo.Command: exit_code 1 int32
message CheckStatusInfo.Http: status_code 1 uint32
message CheckStatusInfo.Tcp: succeeded 1 bool
message TaskStatus: task_id 1 TaskID!, state 2 TaskState!, data 3 bytes, message 4 string, agent_id 5 AgentID,
  timestamp 6 double, executor_id 7 ExecutorID, healthy 8 bool, source 9 Source, reason 10 Reason, uuid 11 bytes,
  labels 12 Labels, container_status 13 ContainerStatus, unreachable_time 14 TimeInfo,
  check_status 15 CheckStatusInfo, limitation 16 TaskResourceLimitation
enum TaskStatus.Source: SOURCE_MASTER 0, SOURCE_AGENT 1, SOURCE_EXECUTOR 2
enum TaskStatus.Reason: REASON_COMMAND_EXECUTOR_FAILED 0, REASON_CONTAINER_LAUNCH_FAILED 21,
  REASON_CONTAINER_LIMITATION 19, REASON_CONTAINER_LIMITATION_DISK 20, REASON_CONTAINER_LIMITATION_MEMORY 8,
  REASON_CONTAINER_PREEMPTED 17, REASON_CONTAINER_UPDATE_FAILED 22, REASON_MAX_COMPLETION_TIME_REACHED 33,
  REASON_EXECUTOR_REGISTRATION_TIMEOUT 23, REASON_EXECUTOR_REREGISTRATION_TIMEOUT 24, REASON_EXECUTOR_TERMINATED 1,
  REASON_EXECUTOR_UNREGISTERED 2, REASON_FRAMEWORK_REMOVED 3, REASON_GC_ERROR 4, REASON_INVALID_FRAMEWORKID 5,
  REASON_INVALID_OFFERS 6, REASON_IO_SWITCHBOARD_EXITED 27, REASON_MASTER_DISCONNECTED 7, REASON_RECONCILIATION 9,
  REASON_RESOURCES_UNKNOWN 18, REASON_AGENT_DISCONNECTED 10, REASON_AGENT_DRAINING 34, REASON_AGENT_REMOVED 11,
  REASON_AGENT_REMOVED_BY_OPERATOR 31, REASON_AGENT_REREGISTERED 32, REASON_AGENT_RESTARTED 12,
  REASON_AGENT_UNKNOWN 13, REASON_TASK_KILLED_DURING_LAUNCH 30, REASON_TASK_CHECK_STATUS_UPDATED 28,
  REASON_TASK_HEALTH_CHECK_STATUS_UPDATED 29, REASON_TASK_GROUP_INVALID 25, REASON_TASK_GROUP_UNAUTHORIZED 26,
  REASON_TASK_INVALID 14, REASON_TASK_UNAUTHORIZED 15, REASON_TASK_UNKNOWN 16
message Filters: refuse_seconds 1 double=5.0
message Environment: variables 1 Variable*
message Environment.Variable: name 1 string!, value 2 string, type 3 Type=VALUE, secret 4 Secret
enum Environment.Variable.Type: UNKNOWN 0, VALUE 1, SECRET 2
message Parameter: key 1 string!, value 2 string!
message Parameters: parameter 1 Parameter*
message Credential: principal 1 string!, secret 2 string
message Secret: type 1 Type, reference 2 Reference, value 3 Value
enum Secret.Type: UNKNOWN 0, REFERENCE 1, VALUE 2
message Secret.Reference: name 1 string!, key 2 string
message Secret.Value: data 1 bytes!
message Image: type 1 Type!, appc 2 Appc, docker 3 Docker, cached 4 bool=true
enum Image.Type: APPC 1, DOCKER 2
message Image.Appc: name 1 string!, id 2 string, labels 3 Labels
message Image.Docker: name 1 string!, credential 2 Credential~, config 3 Secret
message MountPropagation: mode 1 Mode
enum MountPropagation.Mode: UNKNOWN 0, HOST_TO_CONTAINER 1, BIDIRECTIONAL 2
message Volume: container_path 1 string!, host_path 2 string, mode 3 Mode!, image 4 Image, source 5 Source
enum Volume.Mode: RW 1, RO 2
message Volume.Source: type 1 Type, docker_volume 2 DockerVolume, sandbox_path 3 SandboxPath, secret 4 Secret,
  host_path 5 HostPath, csi_volume 6 CSIVolume
enum Volume.Source.Type: UNKNOWN 0, DOCKER_VOLUME 1, HOST_PATH 4, SANDBOX_PATH 2, SECRET 3, CSI_VOLUME 5
message Volume.Source.DockerVolume: driver 1 string, name 2 string!, driver_options 3 Parameters
message Volume.Source.HostPath: path 1 string!, mount_propagation 2 MountPropagation
message Volume.Source.SandboxPath: type 1 Type, path 2 string!
enum Volume.Source.SandboxPath.Type: UNKNOWN 0, SELF 1, PARENT 2
message Volume.Source.CSIVolume: plugin_name 1 string!, static_provisioning 2 StaticProvisioning
message Volume.Source.CSIVolume.VolumeCapability: block 1 BlockVolume, mount 2 MountVolume,
  access_mode 3 AccessMode!
message Volume.Source.CSIVolume.VolumeCapability.BlockVolume
message Volume.Source.CSIVolume.VolumeCapability.MountVolume: fs_type 1 string, mount_flags 2 string*
message Volume.Source.CSIVolume.VolumeCapability.AccessMode: mode 1 Mode!
enum Volume.Source.CSIVolume.VolumeCapability.AccessMode.Mode: UNKNOWN 0, SINGLE_NODE_WRITER 1,
  SINGLE_NODE_READER_ONLY 2, MULTI_NODE_READER_ONLY 3, MULTI_NODE_SINGLE_WRITER 4, MULTI_NODE_MULTI_WRITER 5
message Volume.Source.CSIVolume.StaticProvisioning: volume_id 1 string!, volume_capability 2 VolumeCapability!,
  node_stage_secrets 3 {Secret}, node_publish_secrets 4 {Secret}, volume_context 5 {string}
message NetworkInfo: groups 3 string*, labels 4 Labels, ip_addresses 5 IPAddress*, name 6 string,
  port_mappings 7 PortMapping*
enum NetworkInfo.Protocol: IPv4 1, IPv6 2
message NetworkInfo.IPAddress: protocol 1 Protocol=IPv4, ip_address 2 string
message NetworkInfo.PortMapping: host_port 1 uint32!, container_port 2 uint32!, protocol 3 string
message CapabilityInfo: capabilities 1 Capability*
enum CapabilityInfo.Capability: UNKNOWN 0, CHOWN 1000, DAC_OVERRIDE 1001, DAC_READ_SEARCH 1002, FOWNER 1003,
  FSETID 1004, KILL 1005, SETGID 1006, SETUID 1007, SETPCAP 1008, LINUX_IMMUTABLE 1009, NET_BIND_SERVICE 1010,
  NET_BROADCAST 1011, NET_ADMIN 1012, NET_RAW 1013, IPC_LOCK 1014, IPC_OWNER 1015, SYS_MODULE 1016, SYS_RAWIO 1017,
  SYS_CHROOT 1018, SYS_PTRACE 1019, SYS_PACCT 1020, SYS_ADMIN 1021, SYS_BOOT 1022, SYS_NICE 1023, SYS_RESOURCE 1024,
  SYS_TIME 1025, SYS_TTY_CONFIG 1026, MKNOD 1027, LEASE 1028, AUDIT_WRITE 1029, AUDIT_CONTROL 1030, SETFCAP 1031,
  MAC_OVERRIDE 1032, MAC_ADMIN 1033, SYSLOG 1034, WAKE_ALARM 1035, BLOCK_SUSPEND 1036, AUDIT_READ 1037,
  PERFMON 1038, BPF 1039, CHECKPOINT_RESTORE 1040
message SeccompInfo: profile_name 1 string, unconfined 2 bool
message LinuxInfo: capability_info 1 CapabilityInfo~, bounding_capabilities 2 CapabilityInfo,
  effective_capabilities 3 CapabilityInfo, share_pid_namespace 4 bool, seccomp 5 SeccompInfo, ipc_mode 6 IpcMode,
  shm_size 7 uint32, share_cgroups 8 bool=true
enum LinuxInfo.IpcMode: UNKNOWN 0, PRIVATE 1, SHARE_PARENT 2
message RLimitInfo: rlimits 1 RLimit*
message RLimitInfo.RLimit: type 1 Type, hard 2 uint64, soft 3 uint64
enum RLimitInfo.RLimit.Type: UNKNOWN 0, RLMT_AS 1, RLMT_CORE 2, RLMT_CPU 3, RLMT_DATA 4, RLMT_FSIZE 5, RLMT_LOCKS 6,
  RLMT_MEMLOCK 7, RLMT_MSGQUEUE 8, RLMT_NICE 9, RLMT_NOFILE 10, RLMT_NPROC 11, RLMT_RSS 12, RLMT_RTPRIO 13,
  RLMT_RTTIME 14, RLMT_SIGPENDING 15, RLMT_STACK 16
message TTYInfo: window_size 1 WindowSize
message TTYInfo.WindowSize: rows 1 uint32!, columns 2 uint32!
message ContainerInfo: type 1 Type!, volumes 2 Volume*, docker 3 DockerInfo, hostname 4 string, mesos 5 MesosInfo,
  network_infos 7 NetworkInfo*, linux_info 8 LinuxInfo, rlimit_info 9 RLimitInfo, tty_info 10 TTYInfo
enum ContainerInfo.Type: DOCKER 1, MESOS 2
message ContainerInfo.DockerInfo: image 1 string!, network 2 Network=HOST, port_mappings 3 PortMapping*,
  privileged 4 bool=false, parameters 5 Parameter*, force_pull_image 6 bool, volume_driver 7 string~
enum ContainerInfo.DockerInfo.Network: HOST 1, BRIDGE 2, NONE 3, USER 4
message ContainerInfo.DockerInfo.PortMapping: host_port 1 uint32!, container_port 2 uint32!, protocol 3 string
message ContainerInfo.MesosInfo: image 1 Image
message ContainerStatus: network_infos 1 NetworkInfo*, cgroup_info 2 CgroupInfo, executor_pid 3 uint32,
  container_id 4 ContainerID
message CgroupInfo: net_cls 1 NetCls
message CgroupInfo.NetCls: classid 1 uint32
message Labels: labels 1 Label*
message Label: key 1 string!, value 2 string
message Port: number 1 uint32!, name 2 string, protocol 3 string, visibility 4 DiscoveryInfo.Visibility,
  labels 5 Labels
message Ports: ports 1 Port*
message DiscoveryInfo: visibility 1 Visibility!, name 2 string, environment 3 string, location 4 string,
  version 5 string, ports 6 Ports, labels 7 Labels
enum DiscoveryInfo.Visibility: FRAMEWORK 0, CLUSTER 1, EXTERNAL 2
message WeightInfo: weight 1 double!, role 2 string
message VersionInfo: version 1 string!, build_date 2 string, build_time 3 double, build_user 4 string,
  git_sha 5 string, git_branch 6 string, git_tag 7 string
message Flag: name 1 string!, value 2 string
message Role: name 1 string!, weight 2 double!, frameworks 3 FrameworkID*, resources 4 Resource*
message Metric: name 1 string!, value 2 double
message FileInfo: path 1 string!, nlink 2 int32, size 3 uint64, mtime 4 TimeInfo, mode 5 uint32, uid 6 string,
  gid 7 string
message Device.Number: major_number 1 uint64!, minor_number 2 uint64!
enum DrainState: UNKNOWN 0, DRAINING 1, DRAINED 2
message DrainConfig: max_grace_period 1 DurationInfo, mark_gone 2 bool=false
message DrainInfo: state 1 DrainState!, config 2 DrainConfig!
`;
