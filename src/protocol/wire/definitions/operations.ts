/** Maintenance of machines. @see Mesos `include/mesos/v1/maintenance/maintenance.proto` */
export const MAINTENANCE_DEFINITIONS = `
message Window: machine_ids 1 MachineID*, unavailability 2 Unavailability!
message Schedule: windows 1 Window*
message ClusterStatus: draining_machines 1 DrainingMachine*, down_machines 2 MachineID*
message ClusterStatus.DrainingMachine: id 1 MachineID!, statuses 2 allocator.InverseOfferStatus*
`;

/** Quota of roles. @see Mesos `include/mesos/v1/quota/quota.proto` */
export const QUOTA_DEFINITIONS = `
message QuotaInfo: role 1 string, principal 2 string, guarantee 3 Resource*
message QuotaRequest: force 1 bool, role 2 string, guarantee 3 Resource*
message QuotaConfig: role 1 string!, guarantees 2 {Value.Scalar}, limits 3 {Value.Scalar}
message QuotaStatus: infos 1 QuotaInfo*~, configs 2 QuotaConfig*
`;

/** What the allocator knows of inverse offers. @see Mesos `include/mesos/v1/allocator/allocator.proto` */
export const ALLOCATOR_DEFINITIONS = `
message InverseOfferStatus: status 1 Status!, framework_id 2 FrameworkID!, timestamp 3 TimeInfo!
enum InverseOfferStatus.Status: UNKNOWN 1, ACCEPT 2, DECLINE 3
`;
