import AWSServices
import Foundation
import TestSupport
import Testing
import Transport

/// A server that plays AWS, and accounts there.
struct PlayedAWS: Sendable {
    let endpoint: URL
    private let credentials: AWSCredentials
    private let proxy: AWSFaultProxy

    init(_ server: FaultedClient.Server) throws {
        let text: String
        switch server {
        case .double:
            let double = try AWSDouble()
            var keys = double.credentials
            keys.sessionToken = PlantedSecrets.sessionToken
            (text, credentials) = (double.endpoint, keys)
        case .moto:
            let moto = try MotoServer()
            (text, credentials) = (moto.endpoint, moto.keys(of: "admin"))
        }
        endpoint = try #require(URL(string: text))
        proxy = try AWSFaultProxy()
    }

    /// What no error may show.
    var secrets: [String] {
        [credentials.accessKeyID, credentials.secretAccessKey, credentials.sessionToken ?? ""]
    }

    /// In front of the server.
    func place(_ faults: [String]) async throws -> URL {
        let text = try await proxy.place(before: endpoint.absoluteString, faults: faults)
        return try #require(URL(string: text))
    }

    /// - Parameters:
    ///   - place: where its services are; the server itself unless given.
    ///   - isImpatient: whether requests are soon given up, the first sooner than the others.
    ///   - first: how soon that is. A stream that is asked for again must have begun by then.
    func account(
        _ place: URL? = nil, attempts: Int = 1, isImpatient: Bool = false,
        first: Duration = .milliseconds(300)
    ) async throws -> AWSAccount {
        let http = ImpatientClient(
            proxy.http, first: isImpatient ? first : nil, later: isImpatient ? .seconds(20) : nil)
        return try await AWSAccount(
            environment: AWSEnvironment(variables: [
                "AWS_ENDPOINT_URL": (place ?? endpoint).absoluteString, "AWS_MAX_ATTEMPTS": "\(attempts)",
            ]), region: "us-east-1", credentials: StaticCredentials(credentials),
            http: http, localHTTP: proxy.http, clock: ManualClock())
    }
}
