import FlowService
import Foundation
import Workspace

/// The files of a ZIP archive, within limits of its own.
public typealias Unzip = @Sendable (_ archive: Data) throws -> [(name: String, data: Data)]

/// What the server needs to run and to keep flows.
public struct ServedFlows: Sendable {
    public var service: FlowService
    /// Seals secret variables.
    public var vault: any VariableVault
    /// The files of an owner and of a flow.
    public var files: @Sendable (Owner, _ flow: String?) -> WorkspaceFiles

    /// Reads archives of flows; `nil` where none are taken.
    public var unzip: Unzip?
    /// What is told when runs end; `nil` where nothing is.
    public var webhooks: WebhookEndpoints?
    /// Keeps bodies that come in several requests, whatever they are for; `nil` where each must come whole.
    public var uploads: ResumableUploads?

    public init(
        service: FlowService, vault: any VariableVault,
        files: @escaping @Sendable (Owner, _ flow: String?) -> WorkspaceFiles, unzip: Unzip? = nil,
        webhooks: WebhookEndpoints? = nil
    ) {
        self.service = service
        self.vault = vault
        self.files = files
        self.unzip = unzip
        self.webhooks = webhooks
    }
}
