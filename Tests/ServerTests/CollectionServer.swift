import Concurrency
import CorpusSQLite
import Foundation
import HTTPTypes
import TestSupport
import Testing
import VectorCollections

@testable import Server

/// An application over collections alone, in a folder of the test's own.
struct CollectionServer {
    let directory: TemporaryDirectory
    let collections: VectorCollections
    let application: Application

    init(limits: CollectionLimits = CollectionLimits(), scopes: Set<Scope> = Set(Scope.allCases)) throws {
        directory = try TemporaryDirectory()
        collections = try VectorCollections.open(
            at: directory.url.appendingPathComponent("collections"), limits: limits)
        var configuration = ServerConfiguration()
        configuration.anonymousScopes = scopes
        application = Application(
            operations: CollectionOperations(collections: collections).operations,
            scopes: try SQLiteCorpus.inMemory(), configuration: configuration, logger: CapturedLog().logger)
    }

    /// What the application answers, which must be what its operation declares.
    func respond(
        _ method: HTTPRequest.Method, _ path: String, body: Data? = nil,
        contentType: String? = "application/json", accept: String? = nil
    ) async throws -> APIResponse {
        var headers: HTTPFields = [:]
        if body != nil { headers[.contentType] = contentType }
        headers[.accept] = accept
        let data = body ?? Data()
        // In two pieces, as a network may bring it.
        let pieces = [data.prefix(data.count / 2), data.dropFirst(data.count / 2)].filter { !$0.isEmpty }
        let response = await application.respond(
            to: APIRequest(method: method, path: path, headers: headers, id: "test-1"),
            body: BodySource(whole: { data }, pieces: { _ in PulledSequence(pieces) }))
        if let match = try? application.router.match(method: method, path: path) {
            try ContractCheck.check(response, of: match.operation)
        }
        return response
    }

    func respond(_ method: HTTPRequest.Method, _ path: String, _ json: String) async throws -> APIResponse {
        try await respond(method, path, body: Data(json.utf8))
    }

    /// A collection with points, made over the same operations.
    func fill(_ name: String = "things", _ settings: String = #"{"dimension": 2}"#, _ points: String? = nil)
        async throws
    {
        let made = try await respond(.put, "/v1/collections/\(name)", settings)
        #expect(made.status == .created, "\(made.text)")
        guard let points else { return }
        let stored = try await respond(.post, "/v1/collections/\(name)/points", #"{"points": \#(points)}"#)
        #expect(stored.status == .ok, "\(stored.text)")
    }
}
