import ArgumentParser
import Corpus
import Flow
import FlowService
import Foundation
import Server
import Workspace

/// What the commands about flows share: whose flows they are, and the parts that run them.
struct FlowOptions: ParsableArguments {
    @OptionGroup var common: CommonOptions
    @OptionGroup var tenant: TenantOption
    @OptionGroup var asking: ReaderOptions

    /// The service over the data folder, and who asks it.
    func service() async throws -> (service: FlowService, caller: FlowCaller) {
        let services = try await tenant.services(common)
        let reader = try asking.reader(services.settings)
        let service = try await services.flows().service
        return (service, try services.flowCaller(reader))
    }

    /// The same for who only reads: where there is no data folder, none is made.
    func reading<Value>(
        _ body: (_ service: FlowService, _ caller: FlowCaller) async throws -> Value
    ) async throws -> Value {
        let settings = try common.settings()
        let isThere =
            settings[\.database.provider] != .sqlite
            || FileManager.default.fileExists(atPath: settings[\.data].path)
        guard !isThere else {
            let (service, caller) = try await service()
            return try await body(service, caller)
        }
        return try await MomentaryFolder.with { folder in
            var options = self
            options.common.data = folder
            let (service, caller) = try await options.service()
            return try await body(service, caller)
        }
    }
}

extension Services {
    /// Whoever asks for flows on the command line, as the owner of what is kept of them.
    func flowCaller(_ reader: Reader) throws -> FlowCaller {
        FlowCaller(
            owner: Owner(reader, tenant: tenant ?? Owner.defaultTenant), reader: reader,
            scope: try corpus().scope(for: reader), requestID: UUID().uuidString.lowercased(),
            timeLimit: .seconds(settings[\.flows.runSeconds]))
    }
}

extension FlowService {
    /// A flow of the settings by its name, or a stored one by its id, endpoint or name.
    ///
    /// - Throws: ``CommandError`` for a name that several stored flows have.
    func id(of name: String, for owner: Owner) async throws -> String {
        if settingsFlows.contains(where: { $0.name == name }) { return name }
        let named = try await store.flows(for: owner, project: nil, after: nil, limit: 10_000)
            .filter { $0.name == name }
        guard named.count < 2 else {
            throw CommandError(
                """
                \(named.count) flows are called “\(name)”; give the id of one: \
                \(named.map(\.id).joined(separator: ", ")).
                """)
        }
        return named.first?.id ?? name
    }
}
