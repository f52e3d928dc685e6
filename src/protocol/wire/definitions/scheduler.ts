/** What schedulers and the master say to each other. For the notation see `schema.ts`. @see Mesos `include/mesos/v1/scheduler/scheduler.proto` */
export const SCHEDULER_DEFINITIONS = `
message Event: type 1 Type, subscribed 2 Subscribed, offers 3 Offers, rescind 4 Rescind, update 5 Update,
  message 6 Message, failure 7 Failure, error 8 Error, inverse_offers 9 InverseOffers,
  rescind_inverse_offer 10 RescindInverseOffer, update_operation_status 11 UpdateOperationStatus
enum Event.Type: UNKNOWN 0, SUBSCRIBED 1, OFFERS 2, INVERSE_OFFERS 9, RESCIND 3, RESCIND_INVERSE_OFFER 10, UPDATE 4,
  UPDATE_OPERATION_STATUS 11, MESSAGE 5, FAILURE 6, ERROR 7, HEARTBEAT 8
message Event.Subscribed: framework_id 1 FrameworkID!, heartbeat_interval_seconds 2 double, master_info 3 MasterInfo
message Event.Offers: offers 1 Offer*
message Event.InverseOffers: inverse_offers 1 InverseOffer*
message Event.Rescind: offer_id 1 OfferID!
message Event.RescindInverseOffer: inverse_offer_id 1 OfferID!
message Event.Update: status 1 TaskStatus!
message Event.UpdateOperationStatus: status 1 OperationStatus!
message Event.Message: agent_id 1 AgentID!, executor_id 2 ExecutorID!, data 3 bytes!
message Event.Failure: agent_id 1 AgentID, executor_id 2 ExecutorID, status 3 int32
message Event.Error: message 1 string!
message Response: type 1 Type, reconcile_operations 2 ReconcileOperations~
enum Response.Type: UNKNOWN 0, RECONCILE_OPERATIONS 1
message Response.ReconcileOperations: operation_statuses 1 OperationStatus*~
message AttributeConstraint: selector 1 Selector!, predicate 2 Predicate!
message AttributeConstraint.Selector: pseudoattribute_type 1 PseudoattributeType, attribute_name 2 string
enum AttributeConstraint.Selector.PseudoattributeType: UNKNOWN 0, HOSTNAME 1, REGION 2, ZONE 3
message AttributeConstraint.Predicate: exists 1 Exists, not_exists 2 NotExists, text_equals 3 TextEquals,
  text_not_equals 4 TextNotEquals, text_matches 5 TextMatches, text_not_matches 6 TextNotMatches
message AttributeConstraint.Predicate.Exists
message AttributeConstraint.Predicate.NotExists
message AttributeConstraint.Predicate.TextEquals: value 1 string!
message AttributeConstraint.Predicate.TextNotEquals: value 1 string!
message AttributeConstraint.Predicate.TextMatches: regex 1 string!
message AttributeConstraint.Predicate.TextNotMatches: regex 1 string!
message OfferConstraints: role_constraints 1 {RoleConstraints}
message OfferConstraints.RoleConstraints: groups 1 Group*
message OfferConstraints.RoleConstraints.Group: attribute_constraints 1 AttributeConstraint*
message Call: framework_id 1 FrameworkID, type 2 Type, subscribe 3 Subscribe, accept 4 Accept, decline 5 Decline,
  kill 6 Kill, shutdown 7 Shutdown, acknowledge 8 Acknowledge, reconcile 9 Reconcile, message 10 Message,
  request 11 Request, accept_inverse_offers 13 AcceptInverseOffers, decline_inverse_offers 14 DeclineInverseOffers,
  revive 15 Revive, suppress 16 Suppress, acknowledge_operation_status 17 AcknowledgeOperationStatus,
  reconcile_operations 18 ReconcileOperations, update_framework 19 UpdateFramework
enum Call.Type: UNKNOWN 0, SUBSCRIBE 1, TEARDOWN 2, ACCEPT 3, DECLINE 4, ACCEPT_INVERSE_OFFERS 13,
  DECLINE_INVERSE_OFFERS 14, REVIVE 5, KILL 6, SHUTDOWN 7, ACKNOWLEDGE 8, ACKNOWLEDGE_OPERATION_STATUS 15,
  RECONCILE 9, RECONCILE_OPERATIONS 16, MESSAGE 10, REQUEST 11, SUPPRESS 12, UPDATE_FRAMEWORK 17
message Call.Subscribe: framework_info 1 FrameworkInfo!, suppressed_roles 2 string*,
  offer_constraints 3 OfferConstraints
message Call.Accept: offer_ids 1 OfferID*, operations 2 Offer.Operation*, filters 3 Filters
message Call.Decline: offer_ids 1 OfferID*, filters 2 Filters
message Call.AcceptInverseOffers: inverse_offer_ids 1 OfferID*, filters 2 Filters
message Call.DeclineInverseOffers: inverse_offer_ids 1 OfferID*, filters 2 Filters
message Call.Revive: roles 1 string*
message Call.Kill: task_id 1 TaskID!, agent_id 2 AgentID, kill_policy 3 KillPolicy
message Call.Shutdown: executor_id 1 ExecutorID!, agent_id 2 AgentID!
message Call.Acknowledge: agent_id 1 AgentID!, task_id 2 TaskID!, uuid 3 bytes!
message Call.AcknowledgeOperationStatus: agent_id 1 AgentID, resource_provider_id 2 ResourceProviderID,
  uuid 3 bytes!, operation_id 4 OperationID!
message Call.Reconcile: tasks 1 Task*
message Call.Reconcile.Task: task_id 1 TaskID!, agent_id 2 AgentID
message Call.ReconcileOperations: operations 1 Operation*
message Call.ReconcileOperations.Operation: operation_id 1 OperationID!, agent_id 2 AgentID,
  resource_provider_id 3 ResourceProviderID
message Call.Message: agent_id 1 AgentID!, executor_id 2 ExecutorID!, data 3 bytes!
message Call.Request: requests 1 mesos.v1.Request*
message Call.Suppress: roles 1 string*
message Call.UpdateFramework: framework_info 1 FrameworkInfo!, suppressed_roles 2 string*,
  offer_constraints 3 OfferConstraints
message APIResult: status_code 1 uint32!, response 2 Response, error 3 string
`;
