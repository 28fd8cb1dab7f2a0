import Components
import Flow
import Foundation
import JSONValue
import Langflow
import QA
import TestSupport
import Transport

/// The flows that the newest Langflow brings for a start, which `scripts/install-langflow-starters` fetches.
enum StarterFlows {
    struct Missing: Error, CustomStringConvertible {
        var folder: String
        var description: String {
            "Langflow's starter flows are not in \(folder); run scripts/install-langflow-starters."
        }
    }

    /// Name and export of each.
    static func all() throws -> [(name: String, data: Data)] {
        let environment = ProcessInfo.processInfo.environment
        let home = environment["HOME"] ?? "/"
        let cache = environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(home)/.cache"
        let folder = URL(fileURLWithPath: cache).appendingPathComponent(
            "millrace/langflow-starters-1/1.13.0")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        guard !files.isEmpty else { throw Missing(folder: folder.path) }
        return try files.filter { $0.hasSuffix(".json") }.sorted().map { file in
            (String(file.dropLast(5)), try Data(contentsOf: folder.appendingPathComponent(file)))
        }
    }
}

/// The world of the starter flows on loopback: pages, a search service and arXiv by `web_server.py`, and a database
/// of one row.
struct StarterWorld {
    let server: ChildServer

    init() throws {
        server = try ChildServer(script: "web_server.py")
    }

    var page: String { "\(server.url)/site/" }

    /// The components that reach out, as they are, and led to this world.
    func add(to catalog: inout ComponentCatalog, _ qa: QuestionAnswering) throws {
        catalog.addDataComponents(databases: ["sales": OneRow()])
        var settings = HTTPClientConfiguration()
        settings.proxy = .none
        let client = try CurlHTTPClient(configuration: settings)
        let http = try GuardedHTTP(
            hosts: try HostRules(["127.0.0.1:\(server.port)"]),
            addresses: AddressGuard(allowing: [try AddressRange("127.0.0.0/8")]))
        catalog.addNetworkComponents(
            http: http,
            toText: { html in
                String(decoding: html, as: UTF8.self).replacing(#/<[^>]*>/#, with: " ")
            },
            search: try SearchService(server.url, client: client),
            arXiv: try ArXivService(base: server.url + "/arxiv", client: client))
        catalog.addCorpusComponents(
            qa, ingest: TextIngest { rows, _, _ in rows.rows.count })
    }
}

/// Answers every query with one row.
private struct OneRow: QueryableDatabase {
    func query(_ sql: String, limit: Int) async throws -> Table {
        Table([Record(["region": "north", "total": 42])], columns: ["region", "total"])
    }
}
