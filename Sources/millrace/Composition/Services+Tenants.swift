import Backends
import Foundation
import Logging
import Workspace

extension Services {
    /// The graph of a tenant: a folder, a database and indexes of its own, and everything that rests on them. The models
    /// are shared with the default tenant's.
    ///
    /// - Parameter name: that of the default tenant is this graph.
    /// - Throws: ``CommandError`` for a name that the settings do not have.
    func house(of name: String) throws -> Services {
        guard name != Owner.defaultTenant else { return self }
        let names = settings[\.tenants]
        guard names.contains(name) else {
            throw CommandError(
                """
                There is no tenant “\(name)”: the setting \(Settings.name(\.tenants)) names \
                \(names.isEmpty ? "none" : names.joined(separator: ", ")).
                """)
        }
        return Services(tenant: name, of: self)
    }

    /// The graphs of all tenants but the default one.
    func houses() throws -> [(name: String, services: Services)] {
        try settings[\.tenants].map { ($0, try house(of: $0)) }
    }

    /// Whether callers of tenants that are not served are let in nowhere. Where there have ever been tenants they are, so
    /// that the last name taken out of the settings does not open the default tenant's documents to its callers.
    func separatesTenants() async throws -> Bool {
        guard settings[\.tenants].isEmpty, settings[\.auth.tenantClaim] == nil else { return true }
        let folder = settings[\.data].appendingPathComponent(Settings.tenantsFolder)
        if FileManager.default.fileExists(atPath: folder.path) { return true }
        guard settings[\.database.provider] == .postgres else { return false }
        // Another machine may have the folders.
        let prefix = "\(settings[\.database.schema])_"
        return try await postgresPool().withConnection { connection in
            try connection.query(
                """
                SELECT 1 FROM pg_catalog.pg_tables
                WHERE tablename = 'access_class' AND starts_with(schemaname, $1) LIMIT 1
                """, [.text(prefix)]
            ).count > 0
        }
    }

    /// Where added sources are kept. What is done to those of a tenant is told in the one audit log, too, which is kept
    /// with the keys.
    func sourceStore() throws -> any SourceStore {
        let store = try workspace()
        guard let root, let tenant else { return store }
        return ToldSources(store: store, log: try root.workspace(), tenant: tenant)
    }
}

/// Sources of a tenant, changes to which are told in the audit log of the whole server.
///
/// The tenant's own workspace tells each change with the change itself; the line here follows it.
private struct ToldSources: SourceStore {
    let store: any SourceStore
    let log: any AuditLog
    let tenant: String

    func add(_ source: StoredSource, told act: AuditAct) async throws(WorkspaceError) {
        try await store.add(source, told: act)
        try await log.tell(act, tenant: tenant)
    }

    func sources() async throws(WorkspaceError) -> [StoredSource] { try await store.sources() }

    func source(_ id: String) async throws(WorkspaceError) -> StoredSource { try await store.source(id) }

    func replace(
        _ source: StoredSource, from revision: Int, told act: AuditAct?
    ) async throws(WorkspaceError) -> StoredSource {
        let replaced = try await store.replace(source, from: revision, told: act)
        if let act { try await log.tell(act, tenant: tenant) }
        return replaced
    }

    func delete(source id: String, told act: AuditAct?) async throws(WorkspaceError) {
        try await store.delete(source: id, told: act)
        if let act { try await log.tell(act, tenant: tenant) }
    }
}
