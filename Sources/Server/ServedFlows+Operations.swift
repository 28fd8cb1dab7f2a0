import FlowService
import QA

extension ServedFlows {
    /// All that is done with flows, and with what their runs leave.
    ///
    /// - Parameters:
    ///   - qa: answers what is asked without a flow's name.
    ///   - runs: gives each run its turn.
    ///   - version: of the product, as its clients read it.
    func operations(asking qa: QuestionAnswering, runs: FlowRuns, version: String) -> [Operation] {
        var operations = FlowOperations(qa: qa, runs: runs, service: service).operations
        operations += ComponentOperations(service: service).operations
        operations.append(FlowImportOperation(service: service, unzip: unzip).operation)
        operations += RunOperations(service: service, runs: runs, webhooks: webhooks).operations
        operations += ConversationOperations(service: service).operations
        operations += LangflowOperations(flows: self, runs: runs, version: version).operations
        if let webhooks {
            operations += WebhookEndpointOperations(webhooks: webhooks, service: service).operations
        }
        return operations
    }
}
